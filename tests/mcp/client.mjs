// The official JavaScript client against a running server: prints what it got as one JSON object.
// usage: node client.mjs URL KEY

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [url, key] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${key}` };
const client = new Client({ name: "shezu-test", version: "0" });
await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
const { tools } = await client.listTools();
const { resources } = await client.listResources();
const found = await client.callTool({ name: "search_regulations", arguments: { question: "设立基金会的原始基金最低多少" } });
const [first] = found.structuredContent.results.filter((each) => each.kind === "article");
const article = await client.callTool({ name: "get_article", arguments: { law: first.title, article: first.article } });
const wrong = await client.callTool({ name: "get_article", arguments: { law: "没有的法", article: "第一条" } });
const read = await client.readResource({ uri: `law://${first.law}` });
await client.close();
console.log(JSON.stringify({
  tools: tools.map((tool) => tool.name),
  resources: resources.length,
  first: first.name,
  article: article.structuredContent.label,
  wrong: { isError: wrong.isError, text: wrong.content[0].text },
  read: read.contents[0].text.slice(0, 200),
}));
