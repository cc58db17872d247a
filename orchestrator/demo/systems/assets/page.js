// Keeps the counters and the list of hooks current; the page works without it.
const text = (name, slug, value) => {
  for (const node of document.querySelectorAll(`[data-${name}="${slug}"]`)) node.textContent = value;
};

const showHooks = (slug, hooks) => {
  const list = document.querySelector(`[data-hooks="${slug}"]`);
  if (!list) return;
  list.replaceChildren(
    ...hooks.map((hook) => {
      const line = document.createElement("li");
      const time = document.createElement("time");
      const event = document.createElement("code");
      time.textContent = hook.at.slice(11, 19);
      event.textContent = hook.event;
      line.append(time, " ", event, ` ${hook.id} → ${hook.outcome}`);
      return line;
    }),
  );
};

const refresh = async () => {
  if (document.hidden) return;
  const answer = await fetch("/control").catch(() => null);
  if (!answer?.ok) return;
  for (const [slug, state] of Object.entries(await answer.json())) {
    text("requests", slug, state.requests);
    showHooks(slug, state.sent_hooks);
  }
};

setInterval(refresh, 1500);
