# SOC Defenders as an image: nothing but Node, the built program and its dependencies, run by a user without rights.
ARG NODE=24.21.0

FROM node:${NODE}-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.ts scripts/build.ts
COPY src src
RUN npm run -s build && rm -rf node_modules && npm ci --omit=dev --ignore-scripts

FROM node:${NODE}-slim
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY LICENSE NOTICE ./
RUN install --directory --owner=node --group=node --mode=0700 /data
USER node
VOLUME /data
# The admin port stays within the container unless SOC_ADMIN_HOST says otherwise.
ENV NODE_ENV=production SOC_DATA_DIR=/data SOC_HOST=0.0.0.0 SOC_ADMIN_PORT=8081
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SOC_ADMIN_PORT}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]
