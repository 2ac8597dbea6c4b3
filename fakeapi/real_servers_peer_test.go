//go:build peers

package fakeapi_test

// debianPython is Debian's own, for which Debian packages the servers.
const debianPython = "/usr/bin/python3"

// realServers are by the ids of the personalities. Each listens at $host:$port and
// serves $page at /; those that run an application also at /flow, in two pieces whose
// length is not said.
var realServers = map[string]realServer{
	"nginx": {
		command: []string{"/usr/sbin/nginx", "-e", "stderr", "-p", "$dir", "-c", "$dir/nginx.conf"},
		files: map[string]string{"nginx.conf": `
daemon off; master_process off; pid $dir/pid; error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path $dir/body; proxy_temp_path $dir/proxy; fastcgi_temp_path $dir/f; uwsgi_temp_path $dir/u; scgi_temp_path $dir/s;
  server { listen $host:$port; root $dir/www; error_page 405 =200 $uri; }
}`},
	},
	"apache": {
		command: []string{"/usr/sbin/apache2", "-X", "-d", "$dir", "-f", "$dir/apache.conf"},
		files: map[string]string{"apache.conf": `
Listen $host:$port
ServerName espy
PidFile $dir/pid
ErrorLog $dir/log
$apacheUser
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
DocumentRoot $dir/www
DirectoryIndex index.html
`},
	},
	"lighttpd": {
		command: []string{"/usr/sbin/lighttpd", "-D", "-f", "$dir/lighttpd.conf"},
		files: map[string]string{"lighttpd.conf": `
server.bind = "$host"
server.port = $port
server.document-root = "$dir/www"
index-file.names = ( "index.html" )
`},
	},
	"caddy": {
		command: []string{"/usr/bin/caddy", "run", "--config", "$dir/Caddyfile"},
		files: map[string]string{"Caddyfile": `
{
	admin off
	auto_https off
}
:$port {
	bind $host
	respond $page
}
`},
	},
	"h2o": {
		command: []string{"/usr/bin/h2o", "-c", "$dir/h2o.conf"},
		files: map[string]string{"h2o.conf": `
listen: {host: $host, port: $port}
$h2oUser
num-threads: 1
hosts:
  default:
    paths:
      /: {file.dir: $dir/www}
`},
	},
	"haproxy": {
		behind:  "node",
		command: []string{"/usr/sbin/haproxy", "-db", "-f", "$dir/haproxy.conf"},
		files: map[string]string{"haproxy.conf": `
defaults
  mode http
  timeout client 20s
  timeout server 20s
  timeout connect 20s
listen espy
  bind $host:$port
  server behind $behindHost:$behindPort
`},
	},
	"varnish": {
		behind: "node",
		command: []string{
			"/usr/sbin/varnishd", "-F", "-j", "none", "-a", "$host:$port", "-b", "$behindHost:$behindPort", "-n", "$dir/work", "-s", "malloc,16m",
		},
	},
	"node": {
		command: []string{"node", "-e", `
require("http").createServer((q, r) => {
  q.resume();
  q.on("end", () => { if (q.url == "/flow") { r.write("$page".slice(0, 2)); r.end("$page".slice(2)) } else r.end("$page") })
}).listen($port, "$host")`},
	},
	"python-http-server": {
		command: []string{debianPython, "-m", "http.server", "--bind", "$host", "--directory", "$dir/www", "$port"},
	},
	"uvicorn": {
		command: []string{"/usr/bin/uvicorn", "--host", "$host", "--port", "$port", "--http", "h11", "app:app"},
		files: map[string]string{"app.py": `
async def app(scope, receive, send):
    if scope["type"] == "http":
        flows = scope["path"] == "/flow"
        await send({"type": "http.response.start", "status": 200, "headers": [] if flows else [(b"content-length", b"%d" % len("$page"))]})
        await send({"type": "http.response.body", "body": b"$page"[:2], "more_body": True})
        await send({"type": "http.response.body", "body": b"$page"[2:]})
`},
	},
	"gunicorn": {
		command: []string{"/usr/bin/gunicorn", "--bind", "$host:$port", "--worker-tmp-dir", "$dir", "app:app"},
		files:   map[string]string{"app.py": wsgi},
	},
	"waitress": {
		command: []string{debianPython, "-c", "import waitress, app; waitress.serve(app.app, host='$host', port=$port)"},
		files:   map[string]string{"app.py": wsgi},
	},
	"tornado": {
		command: []string{debianPython, "-c", `
import tornado.ioloop, tornado.web
class Page(tornado.web.RequestHandler):
    async def get(self):
        self.write("$page"[:2])
        if self.request.path == "/flow":
            await self.flush()
        self.write("$page"[2:])
    head = get
tornado.web.Application([("/.*", Page)]).listen($port, "$host")
tornado.ioloop.IOLoop.current().start()`},
	},
	"jetty-9": {
		command: []string{
			"java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Djetty.home=/usr/share/jetty9", "-Djetty.base=$dir", "-jar", "/usr/share/jetty9/start.jar",
			"--module=http,deploy", "jetty.http.host=$host", "jetty.http.port=$port",
		},
		files: map[string]string{"webapps/ROOT/index.html": "$page"},
	},
	"tomcat-10": {
		command: []string{
			"java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Dcatalina.home=/usr/share/tomcat10", "-Dcatalina.base=$dir", "-Djava.io.tmpdir=$dir",
			"-cp", "/usr/share/tomcat10/bin/bootstrap.jar:/usr/share/tomcat10/bin/tomcat-juli.jar", "org.apache.catalina.startup.Bootstrap", "start",
		},
		files: map[string]string{
			"webapps/ROOT/index.html": "$page",
			"conf/web.xml": `<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="5.0">
<servlet><servlet-name>d</servlet-name><servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class></servlet>
<servlet-mapping><servlet-name>d</servlet-name><url-pattern>/</url-pattern></servlet-mapping>
<welcome-file-list><welcome-file>index.html</welcome-file></welcome-file-list>
</web-app>`,
			"conf/server.xml": `<Server port="-1"><Service name="Catalina">
<Connector port="$port" address="$host" protocol="HTTP/1.1"/>
<Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="webapps"/></Engine>
</Service></Server>`,
		},
	},
}

// wsgi is the page as an application of Python's.
const wsgi = `
def app(environ, start):
    if environ["PATH_INFO"] == "/flow":
        start("200 OK", [])
        return iter([b"$page"[:2], b"$page"[2:]])
    start("200 OK", [("Content-Length", str(len("$page")))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [b"$page"]
`
