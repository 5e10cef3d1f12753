"""The page of what was sent, as a Jinja template. Everything is in it: no script, no outside resource."""

PAGE = """<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{% if not paused %}<meta http-equiv="refresh" content="5">
{% endif -%}
<title>已发出的消息（{{ total }}）</title>
<style>
:root { --ink: #1d2129; --soft: #646a73; --line: #e5e6eb; --ground: #f5f6f7; --card: #fff;
  --wechat: #07853f; --wecom: #1f5fd0; --sms: #a14a00 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e9eb; --soft: #9aa0a8; --line: #33363c;
  --ground: #17181a; --card: #212327; --wechat: #3ecb7f; --wecom: #7fb0ff; --sms: #ffab66 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.6 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif }
header, main { max-width: 1120px; margin: 0 auto; padding: 0 16px }
header { padding-top: 24px; padding-bottom: 12px }
h1 { font-size: 22px; line-height: 1.3; margin: 0 0 4px }
header p { margin: 0; color: var(--soft); font-size: 13px }
header p a { color: var(--wecom) }
nav { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 16px }
nav a { padding: 5px 14px; border: 1px solid var(--line); border-radius: 16px; background: var(--card);
  color: inherit; text-decoration: none; font-size: 14px }
nav a b { font-weight: 400; color: var(--soft); margin-left: 4px }
nav a:hover, nav a:focus-visible { border-color: var(--soft) }
nav a[aria-current] { background: var(--ink); border-color: var(--ink); color: var(--card) }
nav a[aria-current] b { color: inherit }
main { padding-bottom: 48px }
ol { list-style: none; margin: 0; padding: 0; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px }
li { display: grid; grid-template-columns: 96px 200px minmax(0, 1fr); gap: 4px 20px; padding: 14px 18px }
li + li { border-top: 1px solid var(--line) }
time { color: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums }
time b { display: block; font-size: 15px; font-weight: 500; color: var(--ink) }
.channel { font-size: 13px; font-weight: 600 }
.channel::before { content: ""; display: inline-block; width: 8px; height: 8px; border-radius: 50%;
  background: currentColor; margin-right: 6px }
.wechat { color: var(--wechat) } .wecom { color: var(--wecom) } .sms { color: var(--sms) }
.to { overflow-wrap: anywhere; font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 13px }
.kind { color: var(--soft); font-size: 13px; overflow-wrap: anywhere }
.text { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 12px; margin: 0 }
dt { color: var(--soft); font-size: 13px; line-height: 24px }
dd { margin: 0; overflow-wrap: anywhere }
details { margin-top: 4px; font-size: 13px }
summary { color: var(--soft); cursor: pointer; width: max-content }
pre { margin: 6px 0 0; padding: 10px; background: var(--ground); border-radius: 6px; font-size: 12px;
  white-space: pre-wrap; overflow-wrap: anywhere }
.none { padding: 56px 16px; text-align: center; color: var(--soft); background: var(--card);
  border: 1px dashed var(--line); border-radius: 8px }
@media (max-width: 720px) {
  header { padding-top: 16px }
  nav { gap: 6px }
  nav a { padding: 4px 10px; font-size: 13px }
  li { grid-template-columns: minmax(0, 1fr) max-content; padding: 12px 14px; gap: 4px 12px }
  time { grid-column: 2; grid-row: 1; text-align: right }
  time b { display: inline; font-size: 13px; font-weight: 400; color: inherit; margin-left: 4px }
  .who { grid-column: 1; grid-row: 1 }
  .what { grid-column: 1 / -1 }
}
</style>
<header>
  <h1>已发出的消息</h1>
  <p>本机模拟云收到的全部微信、企业微信和短信，最新的在最上面。
    {%- if paused %}已暂停刷新，<a href="?channel={{ chosen }}">继续</a>
    {%- else %}每 5 秒刷新一次，<a href="?channel={{ chosen }}&amp;paused=1">暂停</a>{% endif %}</p>
  <nav aria-label="渠道">
    <a href="?"{% if not chosen %} aria-current="page"{% endif %}>全部<b>{{ total }}</b></a>
    {%- for key, name in names.items() %}
    <a href="?channel={{ key }}"{% if chosen == key %} aria-current="page"{% endif %}>
      {{- name }}<b>{{ counts[key] }}</b></a>
    {%- endfor %}
  </nav>
</header>
<main>
{%- if messages %}
<ol>
{%- for message in messages %}
  <li>
    <time datetime="{{ message.when }}">{{ message.day }}<b>{{ message.time }}</b></time>
    <div class="who">
      <div class="channel {{ message.channel }}">{{ names[message.channel] }}</div>
      <div class="to">{{ message.to }}</div>
    </div>
    <div class="what">
      <div class="kind">{{ message.kind }}</div>
      {%- if message.text %}<p class="text">{{ message.text }}</p>{% endif %}
      {%- if message.lines %}
      <dl>{% for name, value in message.lines %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>
      {%- endif %}
      <details><summary>原文</summary><pre>{{ message.raw }}</pre></details>
    </div>
  </li>
{%- endfor %}
</ol>
{%- if messages | length == most %}<p class="kind">只显示最新的 {{ most }} 条。</p>{% endif %}
{%- else %}
<p class="none">{% if chosen %}{{ names[chosen] }}还没有发出消息{% else %}还没有发出任何消息{% endif %}</p>
{%- endif %}
</main>
</html>
"""
