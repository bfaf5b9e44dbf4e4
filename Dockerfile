# The image of a server: docker build -t huizhi .
# It runs as user 1000 with a read-only root: only /var/lib/huizhi and /tmp have to be writable.

ARG NODE_VERSION=26

FROM node:${NODE_VERSION}-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# The scripts of packages get Node.js, PostgreSQL and browsers for the tests.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
COPY web web
RUN node scripts/build.ts
RUN npm prune --omit=dev --ignore-scripts
RUN mkdir data

FROM node:${NODE_VERSION}-slim
ENV NODE_ENV=production
ENV HUIZHI_HOST=0.0.0.0
ENV HUIZHI_CONFIG=/etc/huizhi/huizhi.yaml
# Compiled code would be written to the home of the user, which is read-only.
ENV NODE_DISABLE_COMPILE_CACHE=1
COPY --from=build /build/package.json /opt/huizhi/
COPY --from=build /build/node_modules /opt/huizhi/node_modules
COPY --from=build /build/dist /opt/huizhi/dist
COPY --from=build --chown=1000:1000 /build/data /var/lib/huizhi
USER 1000:1000
WORKDIR /var/lib/huizhi
VOLUME /var/lib/huizhi
EXPOSE 8720
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HUIZHI_PORT ?? 8720}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/huizhi/dist/cli/main.js"]
CMD ["serve"]
