// Documents within the page, and what they in turn load.

import { after, broke, held, unsure } from '../report.js';
import { element, silent } from './elements.js';

/** Whether a document managed to run a script, which would greet. */
const greets = async (make) => {
  let greeted = false;
  const listen = ({ data }) => (greeted ||= data === 'greeting');
  addEventListener('message', listen);
  make();
  await after(400);
  removeEventListener('message', listen);
  return greeted ? broke('its script ran') : held('no script of it ran');
};

const greeting = '<script>(opener ?? parent).postMessage("greeting", "*")</script>';
const page = () => URL.createObjectURL(new Blob([greeting], { type: 'text/html' }));
const framed = (attributes) => unsure(silent('iframe', attributes).tagName);

/** A file of the app itself, shown in a frame. */
const own = (file) => element('iframe', { src: file }).then(({ seen }) => unsure(seen));

export const documents = {
  'iframe': ({ url }) => framed({ src: url }),
  'iframe-sandbox': ({ url }) => framed({ src: url, sandbox: 'allow-scripts' }),
  'iframe-data': () => greets(() => framed({ src: `data:text/html,${greeting}` })),
  'iframe-blob': () => greets(() => framed({ src: page() })),
  'iframe-javascript': () => greets(() => framed({ src: 'javascript:parent.postMessage("greeting", "*")' })),
  'srcdoc-script': () => greets(() => framed({ srcdoc: greeting })),
  'srcdoc-image': ({ url }) => framed({ srcdoc: `<img src="${url}">` }),
  'srcdoc-refresh': ({ url }) => framed({ srcdoc: `<meta http-equiv="refresh" content="0;url=${url}">` }),
  'srcdoc-form': ({ url }) => {
    const frame = silent('iframe', { srcdoc: `<form action="${url}"></form>` });
    frame.addEventListener('load', () => frame.contentDocument?.forms[0]?.submit(), { once: true });
    return unsure('submitted');
  },
  'blank-written': ({ url }) => {
    const frame = silent('iframe', {});
    frame.contentDocument.write(`<img src="${url}"><link rel="stylesheet" href="${url}">`);
    return unsure('written');
  },
  'blank-fetch': async ({ url }) => {
    const frame = silent('iframe', {});
    return frame.contentWindow.fetch(url).then(
      () => broke('it worked'),
      (error) => held(error),
    );
  },
  'frame-location': async ({ url }) => {
    // Only a frame that has loaded goes anywhere for certain: a load that is still under way may take the place of this one.
    const frame = silent('iframe', { src: '/frames/empty.html' });
    await new Promise((done) => frame.addEventListener('load', done, { once: true }));
    frame.contentWindow.location = url;
    return unsure('assigned');
  },
  'frame-refresh': () => own('/frames/refresh.html'),
  'frame-loads': () => own('/frames/loads.html'),
  'object': ({ url }) => unsure(silent('object', { data: url }).tagName),
  'object-data': () => greets(() => silent('object', { data: `data:text/html,${greeting}`, type: 'text/html' })),
  'embed': ({ url }) => unsure(silent('embed', { src: url, type: 'text/html' }).tagName),
  'pdf': () => own('/frames/way-out.pdf'),
  'xslt': () => own('/frames/way-out.xml'),
  'xslt-processor': ({ url }) => {
    if (typeof XSLTProcessor === 'undefined') return held('XSLTProcessor is undefined');
    const sheet = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
      <xsl:template match="/"><out><xsl:copy-of select="document('${url}')"/></out></xsl:template></xsl:stylesheet>`;
    const read = (text) => new DOMParser().parseFromString(text, 'application/xml');
    const processor = new XSLTProcessor();
    processor.importStylesheet(read(sheet));
    const out = processor.transformToDocument(read('<in/>'));
    return out?.documentElement?.childNodes.length ? broke('it read the document') : unsure('it read nothing');
  },
  'xml-entity': () => own('/frames/entity.xml'),
  'svg-document': () => own('/frames/way-out.svg'),
};
