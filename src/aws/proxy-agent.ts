import { Agent as HttpAgent, type AgentOptions, type ClientRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';

type Scheme = 'http:' | 'https:';

/** Node calls `addRequest` for each request, although its types leave it out. */
interface RequestAgent extends HttpAgent {
  addRequest(request: ClientRequest, options: RequestOptions & { readonly secureEndpoint?: boolean }): void;
}

/** How requests of a scheme reach their host: directly, and through a proxy. */
const AGENTS: Readonly<
  Record<
    Scheme,
    { direct: new (pool: AgentOptions) => HttpAgent; proxied: new (proxy: URL, pool: AgentOptions) => HttpAgent }
  >
> = {
  'http:': { direct: HttpAgent, proxied: HttpProxyAgent },
  'https:': { direct: HttpsAgent, proxied: HttpsProxyAgent },
};

/**
 * Makes an agent that sends each request through the proxy that `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`
 * choose for its host, or directly. The AWS SDK knows none of these variables. Upper and lower case count alike, and
 * this machine itself is never reached through a proxy.
 *
 * @param pool of connections, for each host
 */
export function openAgent(scheme: Scheme, pool: AgentOptions): HttpAgent {
  const { direct, proxied } = AGENTS[scheme];
  const agent = requestAgent(new direct(pool));
  const byProxy = new Map<string, RequestAgent>();
  const openProxied = (proxy: string): RequestAgent => {
    const opened = requestAgent(new proxied(readProxy(proxy), pool));
    byProxy.set(proxy, opened);
    return opened;
  };
  const addDirectly = agent.addRequest.bind(agent);
  const destroyDirect = agent.destroy.bind(agent);
  return Object.assign(agent, {
    addRequest(request, options) {
      const proxy = findProxy(scheme, options);
      if (proxy === undefined) {
        addDirectly(request, options);
      } else {
        const through = byProxy.get(proxy) ?? openProxied(proxy);
        through.addRequest(request, { ...options, secureEndpoint: scheme === 'https:' });
      }
    },
    destroy() {
      destroyDirect();
      for (const through of byProxy.values()) through.destroy();
    },
  } satisfies Partial<RequestAgent>);
}

function requestAgent(agent: HttpAgent): RequestAgent {
  if (isRequestAgent(agent)) return agent;
  throw new Error('agents of this version of Node.js have no addRequest: it is not supported');
}

function isRequestAgent(agent: HttpAgent): agent is RequestAgent {
  return 'addRequest' in agent;
}

function findProxy(scheme: Scheme, { host, port }: RequestOptions): string | undefined {
  if (host == null || isThisMachine(host)) return undefined;
  return getProxyForUrl(`${scheme}//${isIPv6(host) ? `[${host}]` : host}:${port ?? ''}`) || undefined;
}

/** The message does not show the value: it may hold a password. */
function readProxy(proxy: string): URL {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (url !== undefined && url.protocol in AGENTS) return url;
  throw new TypeError(
    'the proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names cannot be used: use a URL such as http://proxy:3128'
  );
}

const LOCAL_ADDRESSES = new BlockList();
LOCAL_ADDRESSES.addSubnet('127.0.0.0', 8);
LOCAL_ADDRESSES.addAddress('0.0.0.0');
LOCAL_ADDRESSES.addAddress('::1', 'ipv6');
LOCAL_ADDRESSES.addAddress('::', 'ipv6');

function isThisMachine(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return /^(.*\.)?localhost\.?$/i.test(host);
  return LOCAL_ADDRESSES.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
