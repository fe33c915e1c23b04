/** What somebody types to ask a model whose URL, without /v1, is known: with curl, and with Python as it comes. */
export const clientsOf = (url: string, model: string): { readonly curl: string; readonly python: string } => ({
  curl: `curl ${url}/v1/chat/completions -H 'content-type: application/json' \\
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}'`,
  python: `python3 - <<'END'
import json, urllib.request
question = {"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}
request = urllib.request.Request("${url}/v1/chat/completions", json.dumps(question).encode(), {"content-type": "application/json"})
print(json.load(urllib.request.urlopen(request))["choices"][0]["message"]["content"])
END`,
});
