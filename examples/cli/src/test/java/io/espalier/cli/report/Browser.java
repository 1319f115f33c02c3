package io.espalier.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A page in a Chromium without a window, spoken to by its DevTools protocol. */
final class Browser implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int SECONDS = 60;
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private final Process process;
  private final WebSocket socket;
  private final BlockingQueue<JsonNode> messages;
  private final List<JsonNode> events = new ArrayList<>();
  private String session = "";
  private int sent;

  private Browser(Process process, WebSocket socket, BlockingQueue<JsonNode> messages) {
    this.process = process;
    this.socket = socket;
    this.messages = messages;
  }

  /** The browser of this machine, if there is one. */
  static Optional<Path> find() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(File.pathSeparator, -1))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts a browser.
   *
   * @param folder an empty folder that it may fill
   */
  static Browser start(Path program, Path folder) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + folder,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolveSibling("browser.log").toFile())
            .start();
    try {
      return connect(process, folder.resolve("DevToolsActivePort"));
    } catch (IOException | InterruptedException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static Browser connect(Process process, Path port)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!Files.exists(port) || Files.readAllLines(port).size() < 2) {
      if (!process.isAlive() || System.nanoTime() > until) {
        throw new IOException("the browser does not start");
      }
      Thread.sleep(50);
    }
    List<String> lines = Files.readAllLines(port);
    BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .connectTimeout(Duration.ofSeconds(SECONDS))
            .buildAsync(
                URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1)), listener(messages))
            .join();
    Browser browser = new Browser(process, socket, messages);
    browser.attach();
    return browser;
  }

  private static WebSocket.Listener listener(BlockingQueue<JsonNode> messages) {
    StringBuilder text = new StringBuilder();
    return new WebSocket.Listener() {
      @Override
      public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
          try {
            messages.add(MAPPER.readTree(text.toString()));
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
          text.setLength(0);
        }
        socket.request(1);
        return CompletableFuture.completedStage(null);
      }
    };
  }

  private void attach() throws InterruptedException {
    String target =
        call("Target.createTarget", "{\"url\": \"about:blank\"}").required("targetId").asText();
    session =
        call("Target.attachToTarget", "{\"targetId\": \"" + target + "\", \"flatten\": true}")
            .required("sessionId")
            .asText();
    for (String domain : List.of("Page", "Network", "Log", "Runtime")) {
      call(domain + ".enable", "{}");
    }
  }

  /** Calls a method and gives its result; what happens meanwhile is kept. */
  private JsonNode call(String method, String params) throws InterruptedException {
    try {
      ObjectNode message = MAPPER.createObjectNode();
      message.put("id", ++sent).put("method", method).set("params", MAPPER.readTree(params));
      if (!session.isEmpty()) {
        message.put("sessionId", session);
      }
      socket.sendText(message.toString(), true).join();
    } catch (IOException e) {
      throw new IllegalArgumentException(params, e);
    }
    while (true) {
      JsonNode answer = next();
      if (answer.path("id").asInt() == sent) {
        if (answer.has("error")) {
          throw new IllegalStateException(method + ": " + answer);
        }
        return answer.path("result");
      }
    }
  }

  private JsonNode next() throws InterruptedException {
    JsonNode message = messages.poll(SECONDS, TimeUnit.SECONDS);
    if (message == null) {
      throw new IllegalStateException("the browser does not answer");
    }
    if (message.has("method")) {
      events.add(message);
    }
    return message;
  }

  /** Lays pages out as on a screen of this width, in pixels. */
  void screen(int width, boolean dark) throws InterruptedException {
    call(
        "Emulation.setDeviceMetricsOverride",
        "{\"width\": " + width + ", \"height\": 900, \"deviceScaleFactor\": 1, \"mobile\": false}");
    call(
        "Emulation.setEmulatedMedia",
        "{\"features\": [{\"name\": \"prefers-color-scheme\", \"value\": \""
            + (dark ? "dark" : "light")
            + "\"}]}");
  }

  /** Opens a page and waits until all of it is there. */
  void open(Path page) throws InterruptedException {
    events.clear();
    call("Page.navigate", "{\"url\": \"" + page.toUri() + "\"}");
    while (events.stream().noneMatch(event -> method(event).equals("Page.loadEventFired"))) {
      next();
    }
  }

  private static String method(JsonNode event) {
    return event.path("method").asText();
  }

  /** Presses the tabulator and lets it go. */
  void pressTab() throws InterruptedException {
    for (String type : List.of("keyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          "{\"type\": \""
              + type
              + "\", \"key\": \"Tab\", \"code\": \"Tab\","
              + " \"windowsVirtualKeyCode\": 9}");
    }
  }

  /** What an expression of JavaScript gives. */
  JsonNode evaluate(String expression) throws InterruptedException {
    ObjectNode params = MAPPER.createObjectNode();
    params.put("expression", expression).put("returnByValue", true);
    JsonNode result = call("Runtime.evaluate", params.toString());
    if (result.has("exceptionDetails")) {
      throw new IllegalStateException(result.toString());
    }
    return result.path("result").path("value");
  }

  /** The addresses that were asked for since the page was opened, its own among them. */
  List<String> requests() {
    return events.stream()
        .filter(event -> method(event).equals("Network.requestWillBeSent"))
        .map(event -> event.path("params").path("request").path("url").asText())
        .toList();
  }

  /** What was written to the console, or thrown, since the page was opened. */
  List<String> complaints() {
    List<String> kinds =
        List.of("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled");
    return events.stream()
        .filter(event -> kinds.contains(method(event)))
        .map(JsonNode::toString)
        .toList();
  }

  /** A picture of the whole page, as PNG. */
  byte[] picture() throws InterruptedException {
    JsonNode data =
        call("Page.captureScreenshot", "{\"format\": \"png\", \"captureBeyondViewport\": true}");
    return Base64.getDecoder().decode(data.required("data").asText());
  }

  @Override
  public void close() {
    socket.abort();
    // all of them must have ended, or they write into a folder that is being deleted
    List<ProcessHandle> all =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(one -> one.onExit().orTimeout(SECONDS, TimeUnit.SECONDS).join());
  }
}
