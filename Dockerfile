# syntax=docker/dockerfile:1

# Packages first, so that they are fetched again only when the lock changes.
FROM denoland/deno:2.9.6 AS build
WORKDIR /parley
COPY deno.json deno.lock ./
COPY src/web/deno.json src/web/
COPY src/web/build/deno.json src/web/build/
COPY src/web/worker/deno.json src/web/worker/
COPY tests/web/deno.json tests/web/
RUN ["deno", "install", "--frozen"]
COPY src ./src
RUN ["deno", "task", "compile"]
# The volume takes the owner of this folder; the last image has no shell to make one.
WORKDIR /parley/volume

FROM gcr.io/distroless/cc-debian13:nonroot
LABEL org.opencontainers.image.title="Parley" \
  org.opencontainers.image.description="A chat backend over REST and WebSocket, in one binary" \
  org.opencontainers.image.licenses="MIT"
COPY --from=build /parley/dist/parley /usr/local/bin/parley
COPY --from=build --chown=65532:65532 /parley/volume /data
ENV NODE_ENV=production \
  DATA_DIR=/data \
  HOST=0.0.0.0 \
  PORT=3000
WORKDIR /data
VOLUME ["/data"]
EXPOSE 3000
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s --retries=3 \
  CMD ["/usr/local/bin/parley", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/parley"]
