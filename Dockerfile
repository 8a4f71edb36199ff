# syntax=docker/dockerfile:1
FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
# Without cgo the program needs no C library, so its image can be empty.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/ringback .

# It has certificates and time zones, no shell, no package manager, and a user without rights.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/ringback /ringback
EXPOSE 8080
ENTRYPOINT ["/ringback"]
CMD ["serve"]
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["/ringback", "health"]
