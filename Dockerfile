# syntax=docker/dockerfile:1

# The pages. They are the same on every platform, so that they are built on the builder's own.
FROM --platform=$BUILDPLATFORM node:20-bookworm-slim AS pages
WORKDIR /fade/web
COPY web/package.json web/package-lock.json web/.npmrc ./
COPY web/tools/ tools/
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY web/ ./
RUN npm run build

# The program, with the pages inside. CGO is off: the result needs no C library, and so no system below it.
FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS program
ARG TARGETOS TARGETARCH
ARG VERSION=docker
WORKDIR /fade
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=pages /fade/web/dist/ web/dist/
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false -tags timetzdata \
      -ldflags "-s -w -X main.version=$VERSION" -o /fade-binary ./cmd/fade
RUN mkdir --mode=0700 /data && mkdir --mode=1777 /scratch

# No shell, no package manager, nobody to become: the program, the authorities it trusts for mail and push,
# a folder for its data and one for SQLite's large sorts.
FROM scratch
COPY --from=program /fade-binary /fade
COPY --from=program /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=program --chown=65532:65532 /data /data
COPY --from=program --chown=65532:65532 /scratch /tmp
USER 65532:65532
ENV FADE_LISTEN=0.0.0.0:8000 FADE_DATA=/data
VOLUME /data
EXPOSE 8000
# Readiness, not mere life: false while the server drains, so that a proxy looks elsewhere in time.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["/fade", "healthcheck"]
ENTRYPOINT ["/fade"]
CMD ["serve"]
