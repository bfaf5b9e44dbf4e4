import type { Context } from '../../core/context.ts';
import { isTrustedProxy } from '../../core/custom-robots/addresses.ts';
import type { Span, Tracer } from '../../core/tracer.ts';
import type { Answer, Call } from './call.ts';
import type { Gateway } from './gateway.ts';
import type { Route } from './route.ts';

/**
 * Wraps the vendor's gateway so that each call is a span. Both the fast path and node:http call it. Without traces the
 * gateway is not wrapped, so they cost nothing.
 */
export function traceGateway(tracer: Tracer, { options }: Context, { handle }: Gateway): Gateway {
  return {
    handle(call) {
      const parent = readParent(call.header('traceparent'), call.address, options.trustedProxies);
      const attributes = { 'http.request.method': call.method, 'huizhi.request_id': call.requestId };
      return tracer.run(`${call.method} unknown`, { kind: 'server', attributes, parent }, (span) => {
        const answer = handle(call);
        if (!(answer instanceof Promise)) return record(span, call, answer);
        return answer.then((settled) => record(span, call, settled));
      });
    },
  };
}

function record(span: Span, { method }: Call, answer: Answer): Answer {
  const { route = 'unknown', status, error } = answer;
  span.rename(`${method} ${route}`);
  span.set({ 'http.route': route, 'http.response.status_code': status, ...(error && { 'error.type': error.code }) });
  return answer;
}

/** Wraps the handlers of routes so that the operation behind each call is a span, without the checks before it. */
export function traceRoutes(tracer: Tracer, routes: readonly Route[]): readonly Route[] {
  return routes.map((route) => ({
    ...route,
    handler: (request) => tracer.run(`operation ${route.path}`, {}, () => route.handler(request)),
  }));
}

/** Returns the traceparent of a caller whose address is that of a trusted proxy. Others could forge traces. */
export function readParent(given: string | undefined, address: string, trustedProxies: readonly string[]): string {
  return given !== undefined && isTrustedProxy(address, trustedProxies) ? given : 'root';
}
