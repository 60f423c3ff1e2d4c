const { http } = await (await fetch('/sink.json')).json();

const refresh = document.createElement('meta');
refresh.httpEquiv = 'refresh';
refresh.content = `0;url=${http}/frame-refresh`;
document.head.append(refresh);
