// Run by an SVG document: it adds what refers to the sink.

const request = new XMLHttpRequest();
request.onload = () => {
  const url = `${JSON.parse(request.responseText).http}/svg-document`;
  for (const name of ['image', 'use', 'feImage']) {
    const it = document.createElementNS('http://www.w3.org/2000/svg', name);
    it.setAttribute('href', url);
    document.documentElement.append(it);
  }
};
request.open('GET', '/sink.json');
request.send();
