((CONFIG,VERSION)=>{
var r=CONFIG,n=VERSION;window.ringback=window.ringback||{version:n};
})
