package forms

// The words for phone, e-mail and name in the languages of most forms. Compounds are
// listed only if they are in use.
var (
	phoneWords = []string{
		"phone", "telephone", "tel", "mobile", "cell", "cellphone", "phonenumber", "telephonenumber", "mobilenumber", "mobilephone", "whatsapp",
		"telefon", "telefonnummer", "rufnummer", "handy", "handynummer", "mobil", "mobilnummer", "fon", "telefoon", "telefoonnummer", "telefono",
		"teléfono", "telefone", "celular", "móvil", "movil", "téléphone", "portable", "cellulare", "puhelin", "puhelinnumero", "telefonszám", "tālrunis",
		"telefonu", "telefonunuz", "telefonnr", "telnr", "rückrufnummer", "mobilfunknummer", "festnetz", "festnetznummer", "kontaktnummer", "mobiltelefon", "tlf", "tél",
		"fone", "cel", "zap", "mob", "ph", "nomer", "contactnumber", "contactno", "callbacknumber",
		"телефон", "тел", "телефона", "телефону", "мобильный", "мобильного", "мобільний", "мобільного", "вотсап", "ватсап", "контактныйномер", "电话", "手机", "電話", "電話番号", "전화", "전화번호", "هاتف", "טלפון", "τηλέφωνο",
	}
	emailWords = []string{
		"email", "mail", "emailaddress", "mailaddress", "useremail", "correo", "courriel", "posta", "sähköposti", "epost", "почта", "почты", "пошта", "емейл", "имейл",
		"mailadresse", "emailadresse", "epostadress", "epostadresse", "pochta", "邮箱", "邮件", "メール", "이메일",
	}
	nameWords = []string{
		"name", "fullname", "yourname", "nombre", "nom", "nome", "naam", "namn", "navn", "nimi", "imię", "vardas", "vārds", "имя", "фио", "имени", "імʼя", "ім'я", "обращаться",
		"fio", "imya", "isim", "adınız", "ansprechpartner", "ansprechpartnerin", "kontaktperson", "contactperson",
		"姓名", "名前", "お名前", "氏名", "이름", "שם",
	}
	givenWords = []string{
		"firstname", "givenname", "forename", "fname", "vorname", "prénom", "prenom", "voornaam", "förnamn", "fornavn", "etunimi", "名",
	}
	familyWords = []string{
		"lastname", "familyname", "surname", "lname", "nachname", "familienname", "apellido", "apellidos", "cognome", "sobrenome", "achternaam",
		"efternamn", "etternavn", "sukunimi", "nazwisko", "фамилия", "姓",
	}
	// secondWords mark a phone number, an e-mail address or a name that belongs to
	// somebody else or is not the visitor's main one.
	secondWords = []string{
		"friend", "friends", "colleague", "coworker", "recipient", "receiver", "beneficiary", "invitee", "guest", "referrer", "referral", "referred",
		"reference", "referee", "emergency", "partner", "spouse", "wife", "husband", "relative", "parent", "guardian", "child", "manager", "supervisor",
		"boss", "assistant", "agent", "landlord", "employer", "company", "business", "office", "organisation", "organization", "fax", "telefax", "pager",
		"secondary", "second", "alternate", "alternative", "additional", "other", "backup",
		"freund", "freundin", "kollege", "kollegin", "empfänger", "notfall", "firma", "amigo", "amiga", "destinatario", "emergencia", "empresa",
		"ami", "amie", "destinataire", "urgence", "entreprise", "télécopie", "друг", "друга", "коллега", "коллеги", "получатель", "получателя",
		"компании", "организации", "факс", "ребёнка", "ребенка", "kindes", "filho", "filha", "hijo", "hija", "enfant",
	}
	// numberWords mean numbers that are not phone numbers.
	numberWords = []string{
		"zip", "zipcode", "postcode", "postal", "postalcode", "plz", "postleitzahl", "cep", "cp", "pincode", "eircode", "индекс",
		"cnpj", "inn", "kpp", "кпп", "ogrn", "огрн", "vat", "vatid", "siret", "siren", "cuit",
		"dob", "birth", "birthday", "birthdate", "birthyear", "geburtsdatum", "geburtstag", "nascimento", "nacimiento", "naissance", "рождения",
		"amount", "salary", "income", "revenue", "turnover", "mortgage", "betrag", "gehalt", "renda", "salário", "importe", "сумма", "бюджет",
		"quantity", "qty", "menge", "anzahl", "quantidade", "cantidad", "quantité", "количество", "invoice", "bestellnummer", "rechnungsnummer", "mileage", "last4",
	}
	// othersWords next to "name" mean that it is not the visitor's name.
	othersWords = []string{
		"company", "business", "firm", "organisation", "organization", "employer", "school", "brand", "product", "item", "project", "event", "course",
		"plan", "campaign", "page", "file", "domain", "host", "site", "website", "nick", "display", "login", "account", "pet", "dog", "cat", "child",
		"street", "city", "country", "state", "region", "hotel", "car", "vehicle", "firma", "empresa", "entreprise", "компании", "организации",
	}
)
