// What a frame of the app's own tries: to load, and to take the whole window along.

const { http } = await (await fetch('/sink.json')).json();
const url = `${http}/frame-loads`;

document.body.append(Object.assign(new Image(), { src: url }));
fetch(url, { mode: 'no-cors' }).catch(() => {});
window.open(url);
