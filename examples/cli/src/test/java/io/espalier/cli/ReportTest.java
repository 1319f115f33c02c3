package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.onnx.build.OnnxGraphBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prune --report}. */
class ReportTest {
  @TempDir private Path dir = Path.of("");

  private Path out() {
    return dir.resolve("small.onnx");
  }

  private Path page() {
    return dir.resolve("report.html");
  }

  private Path json() {
    return dir.resolve("search.json");
  }

  private Object[] args(Object... more) throws IOException {
    List<Object> args = new ArrayList<>();
    Collections.addAll(args, "prune", SmallData.model(dir.resolve("m.onnx")), "-o", out(), "-q");
    Collections.addAll(args, more);
    return args.toArray();
  }

  private Object[] data(Object... more) throws IOException {
    List<Object> args = new ArrayList<>(List.of(args()));
    Collections.addAll(args, "--data", SmallData.npy(dir.resolve("d.npy"), 100, 6, 0));
    Collections.addAll(args, more);
    return args.toArray();
  }

  private JsonNode read() throws IOException {
    return new ObjectMapper().readTree(json().toFile());
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void whatWasFoundWithoutDataIsShown() throws IOException {
    Cli.done(args("--params", 0.5, "--report", page()));
    assertEquals(Set.of("m.onnx", "small.onnx", "report.html", "search.json"), files());
    JsonNode found = read();
    assertEquals(Files.size(out()), found.at("/costs/bytes/after").asLong());
    assertEquals(Files.size(dir.resolve("m.onnx")), found.at("/costs/bytes/before").asLong());
    assertEquals("0.5 of the parameters", found.at("/costs/params/budget").asText());
    String page = Jsoup.parse(Files.readString(page())).text();
    for (JsonNode choice : found.required("choices")) {
      String row =
          Stream.of("name", "before", "after")
              .map(field -> choice.required(field).asText())
              .collect(Collectors.joining(" "));
      assertTrue(page.contains(row), page);
    }
    for (JsonNode axis : found.required("frozen")) {
      assertTrue(page.contains(axis.required("reason").asText()), page);
    }
    assertTrue(page.contains("graph output 'y'"), page);
    assertTrue(page.contains("--params 0.5 --report"), page);
    assertFalse(found.has("screened"));
  }

  @Test
  void unitsThatContributedNothingAreCounted() throws IOException {
    Cli.done(args("--lossless", "--report", page()));
    String said = "no unit that contributes nothing";
    assertTrue(Files.readString(page()).contains(said));
    assertTrue(read().required("remark").asText().contains(said));
    assertTrue(read().at("/costs/macs/budget").isMissingNode());
  }

  @Test
  void aStrategyShowsWhatItTried() throws IOException {
    Object[] args =
        data("--macs", 0.5, "--strategy", "pareto", "--evaluations", 40, "--report", page());
    Cli.done(args);
    byte[] first = Files.readAllBytes(page());
    byte[] search = Files.readAllBytes(json());
    Cli.done(args);
    assertArrayEquals(first, Files.readAllBytes(page()));
    assertArrayEquals(search, Files.readAllBytes(json()));

    JsonNode found = read();
    assertTrue(found.required("screened").size() > 3, found.toString());
    assertEquals(2, found.required("curves").size());
    requireFront(found.required("screened"));
    JsonNode taken = taken(found.required("tried"));
    for (JsonNode candidate : found.required("tried")) {
      assertTrue(candidate.required("error").asDouble() >= taken.required("error").asDouble());
    }
    assertEquals(
        found.at("/costs/macs/after").asLong(), taken.required("costs").required("macs").asLong());

    Path config = dir.resolve("c.json");
    Files.writeString(config, taken.required("config").toString());
    Path again = dir.resolve("again.onnx");
    Cli.done("export", dir.resolve("m.onnx"), "--config", config, "-o", again, "-q");
    assertEquals(Files.size(out()), Files.size(again));
  }

  private static JsonNode taken(JsonNode candidates) {
    for (JsonNode candidate : candidates) {
      if (candidate.required("taken").asBoolean()) {
        return candidate;
      }
    }
    throw new AssertionError("none was taken: " + candidates);
  }

  /** Of the candidates that meet the budget, those that no other beats at both ends. */
  private static void requireFront(JsonNode candidates) {
    for (JsonNode one : candidates) {
      boolean beaten = one.required("spent").asDouble() > 1;
      for (JsonNode other : candidates) {
        double error = other.required("error").asDouble() - one.required("error").asDouble();
        double spent = other.required("spent").asDouble() - one.required("spent").asDouble();
        beaten |=
            other.required("spent").asDouble() <= 1
                && error <= 0
                && spent <= 0
                && error + spent < 0;
      }
      assertEquals(!beaten, one.required("front").asBoolean(), one.toString());
    }
  }

  @Test
  void theUsualSearchShowsWhatItDecidedBetween() throws IOException {
    Cli.done(data("--macs", 0.5, "--params", 0.6, "--report", page()));
    JsonNode found = read();
    assertEquals(0, found.required("screened").size());
    assertTrue(found.required("tried").size() > 1, found.toString());
    assertTrue(found.at("/error/written").asDouble() < found.at("/error/cut").asDouble());
    assertTrue(Files.readString(page()).contains("of the limit that comes nearest"));
  }

  @Test
  void namesFromAModelAreInert() throws IOException {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("mlp", 17);
    String name = "<script>alert(1)</script>";
    String hidden =
        builder.node(
            "MatMul",
            name,
            List.of(builder.input("x", "N", 6), builder.weights(name + ".weight", 6, 32)));
    String y =
        builder.node("MatMul", "</td>", List.of(hidden, builder.weights("</td>.weight", 32, 3)));
    Path model = Cli.save(builder.output("y", y, "N", 3).build(), dir.resolve("n.onnx"));
    Cli.done("prune", model, "-o", out(), "-q", "--macs", 0.5, "--report", page());
    String page = Files.readString(page());
    assertFalse(page.contains("<script"), page);
    assertTrue(page.contains("&lt;script&gt;alert(1)&lt;"), page);
  }

  private void requireRefused(String words, Object... args) throws IOException {
    Set<String> before = files();
    Cli run = Cli.run(args);
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(words), run.err());
    assertEquals(before, files());
  }

  @Test
  void whereItCannotBeWrittenIsSaidFirst() throws IOException {
    Path nowhere = dir.resolve("nowhere").resolve("r.html");
    requireRefused("nowhere", args("--macs", 0.5, "--report", nowhere));
    requireRefused("the same command uses it already", args("--macs", 0.5, "--report", out()));
    requireRefused(
        "the same command uses it already",
        args("--macs", 0.5, "--report", page(), "--manifest", json()));
    requireRefused("the same command uses it already", args("--macs", 0.5, "--report", json()));
    requireRefused(
        "the same command uses it already", args("--macs", 0.5, "--report", dir.resolve("m.onnx")));
  }

  @Test
  void whatFailsLeavesNothing() throws IOException {
    requireRefused("cannot be met", args("--macs", 0.0001, "--report", page()));
    requireRefused("cannot be met", data("--macs", 0.0001, "--report", page()));
  }
}
