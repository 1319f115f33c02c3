package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.acme.LinesSource;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.core.data.DataSource;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two models on the same data. */
class CompareTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path dir = Path.of("");

  private static JsonNode json(Object... args) throws IOException {
    return MAPPER.readTree(Cli.done(args));
  }

  private static List<String> names(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static void assertRefused(String words, Object... args) {
    Cli run = Cli.run(args);
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(words), run.err());
    assertEquals("", run.out());
  }

  private static OnnxModel linear(int classes, long seed) {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("linear" + seed, 17);
    String x = builder.input("x", "N", 4);
    String hidden =
        builder.node("MatMul", "/fc/MatMul", List.of(x, builder.weights("w" + seed, 4, 8)));
    hidden = builder.node("Relu", "/relu", List.of(hidden));
    String y =
        builder.node(
            "MatMul", "/head/MatMul", List.of(hidden, builder.weights("v" + seed, 8, classes)));
    return builder.output("y", y, "N", classes).build();
  }

  /** An array of so many samples of four numbers. */
  private Path npy(String name, int samples) throws IOException {
    return SmallData.npy(dir.resolve(name), samples, 4, 0);
  }

  @Test
  void saysHowFarOutputsAreApartAndWhatBothCost() throws IOException {
    Path original = Cli.save(linear(3, 1), dir.resolve("a.onnx"));
    Path small = dir.resolve("s.onnx");
    Cli.done("prune", original, "-o", small, "--macs", 0.5, "-q", "--divisor", 1);
    Path data = npy("d.npy", 100);
    Path labels = Files.writeString(dir.resolve("l.txt"), "1\n".repeat(100));
    JsonNode found = json("compare", original, small, "--data", data, "--labels", labels, "--json");
    assertEquals(
        List.of(
            "samples",
            "error",
            "cosine",
            "top1_agreement",
            "kl",
            "accuracy",
            "macs",
            "params",
            "bytes",
            "latency_ms"),
        names(found));
    assertEquals(100, found.get("samples").intValue());
    assertTrue(found.get("error").doubleValue() > 0.01, found.toString());
    assertTrue(found.get("cosine").doubleValue() < 0.9999, found.toString());
    assertEquals(56, found.get("macs").get(0).intValue());
    assertTrue(found.get("macs").get(1).intValue() <= 28, found.toString());
    assertEquals(Files.size(small), found.get("bytes").get(1).longValue());
    assertTrue(found.get("latency_ms").get(1).doubleValue() > 0);

    String text = Cli.done("compare", original, small, "--data", data, "--labels", labels);
    assertTrue(text.contains("on 100 samples"), text);
    assertTrue(text.contains("accuracy"), text);
    JsonNode same = json("compare", original, original, "--data", data, "--json");
    assertEquals(0, same.get("error").doubleValue());
    assertEquals(1, same.get("cosine").doubleValue(), 1e-9);
    assertFalse(same.has("accuracy"));
  }

  @Test
  void vectorsAreComparedByTheirDirectionsAndNeighbours() throws IOException {
    Path original = Cli.save(linear(6, 1), dir.resolve("a.onnx"));
    Path other = Cli.save(linear(6, 2), dir.resolve("b.onnx"));
    Object[] compare = {"--data", npy("d.npy", 60), "--json", "--pooling", "none"};
    JsonNode same = json(with(new Object[] {"compare", original, original}, compare));
    assertEquals(
        List.of(
            "samples",
            "error",
            "cosine",
            "neighbours10",
            "spearman",
            "macs",
            "params",
            "bytes",
            "latency_ms",
            "latency32_ms",
            "texts_per_second"),
        names(same));
    for (String field : List.of("cosine", "neighbours10", "spearman")) {
      assertEquals(1, same.get(field).doubleValue(), 1e-6, field);
    }
    JsonNode found = json(with(new Object[] {"compare", original, other}, compare));
    for (String field : List.of("cosine", "neighbours10", "spearman")) {
      assertTrue(found.get(field).doubleValue() < 0.9, found.toString());
    }
    double rate = found.get("texts_per_second").get(1).doubleValue();
    assertEquals(32e3 / found.get("latency32_ms").get(1).doubleValue(), rate, 1e-6 * rate);
    String text =
        Cli.done("compare", original, other, "--data", dir.resolve("d.npy"), "--pooling=none");
    assertTrue(text.contains("same of 10 neighbours") && text.contains("texts a second"), text);
  }

  @Test
  void samplesAreDrawnFromARange() throws IOException {
    Path a = Cli.save(linear(3, 1), dir.resolve("a.onnx"));
    Path b = Cli.save(linear(3, 2), dir.resolve("b.onnx"));
    Path data = npy("d.npy", 50);
    Object[] all = {"compare", a, b, "--json", "--data", data, "--range"};
    assertEquals(50, json(with(all, ":")).get("samples").intValue());
    assertEquals(10, json(with(all, "40:")).get("samples").intValue());
    assertEquals(json(with(all, "40:")).get("error"), json(with(all, "-10:60")).get("error"));
    assertEquals(20, json(with(all, ":40", "--samples", 20)).get("samples").intValue());
    assertEquals(
        json(with(all, ":40", "--samples", 20, "--seed", 3)).get("error"),
        json(with(all, ":40", "--samples", 20, "--seed", 3)).get("error"));
    assertFalse(
        json(with(all, ":40", "--samples", 20, "--seed", 3))
            .get("error")
            .equals(json(with(all, ":40", "--samples", 20, "--seed", 4)).get("error")));
    assertRefused("fewer than the 41", with(all, ":40", "--samples", 41));
    assertRefused("leaves none of the 50", with(all, "60:"));
    assertRefused("--range is \"8000\"", with(all, "8000"));
    assertRefused("'many' is not an int", with(all, ":", "--samples", "many"));
    assertRefused("cannot be 0 samples", with(all, ":", "--samples", 0));
  }

  private static Object[] with(Object[] words, Object... more) {
    Object[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return all;
  }

  @Test
  void whatCannotBeComparedIsRefused() throws IOException {
    Path a = Cli.save(linear(3, 1), dir.resolve("a.onnx"));
    Path b = Cli.save(linear(4, 2), dir.resolve("b.onnx"));
    Path resnet = Cli.save(SampleNetworks.thinResnet(), dir.resolve("r.onnx"));
    Path data = npy("d.npy", 10);
    assertRefused("'--data=PATH'", "compare", a, a);
    assertRefused("SMALL", "compare", a, "--data", data);
    assertRefused("cannot be compared", "compare", a, b, "--data", data);
    assertRefused("same inputs", "compare", a, resnet, "--data", data);
    assertRefused("no data at", "compare", a, a, "--data", dir.resolve("none"));
    assertRefused("there is no file", "compare", a, a, "--data", dir.resolve("none.npy"));
    assertRefused("samples of shape [4]", "compare", resnet, resnet, "--data", data);
    assertRefused(
        "no output of [samples, tokens, features]",
        with(new Object[] {"compare", a, a, "--data", data}, "--pooling", "mean"));
    assertRefused("--pooling is \"max\"", "compare", a, a, "--data", data, "--pooling", "max");
    assertRefused("'--tokenizer'", "compare", a, a, "--data", data, "--tokenizer", "t.json");
    assertRefused(
        "--image-size says nothing of", "compare", a, a, "--data", data, "--image-size", "4");
    Path few = Files.writeString(dir.resolve("l.txt"), "1\n2\n");
    assertRefused("holds 2 labels", "compare", a, a, "--data", data, "--labels", few);
    Object[] both = {"compare", a, a, "--data", data, "--labels", few, "--pooling", "none"};
    assertRefused("leave one of both out", both);
    Path many = Files.writeString(dir.resolve("m.txt"), "7\n".repeat(10));
    assertRefused("classes 0 to 2", "compare", a, a, "--data", data, "--labels", many);
  }

  @Test
  void modelsThatTakeOneSampleAtATime() throws IOException {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("one", 17);
    String x = builder.input("x", "N", 4);
    String flat = builder.node("Reshape", "/r", List.of(x, builder.longs("s", new long[] {4}, 1)));
    OnnxModel model = builder.output("y", flat, 4).build();
    Path one = Cli.save(model, dir.resolve("one.onnx"));
    JsonNode found = json("compare", one, one, "--data", npy("d.npy", 9), "--json");
    assertEquals(9, found.get("samples").intValue());

    OnnxGraphBuilder fixed = new OnnxGraphBuilder("four", 17);
    String y = fixed.node("Relu", "/r", List.of(fixed.input("x", 4, 4)));
    Path four = Cli.save(fixed.output("y", y, 4, 4).build(), dir.resolve("four.onnx"));
    assertEquals(
        8,
        json("compare", four, four, "--data", dir.resolve("d.npy"), "--json")
            .get("samples")
            .intValue());
    assertRefused("reads 4 samples at a time", "compare", four, four, "--data", npy("e.npy", 3));
  }

  @Test
  void aStrangersSourceBringsItsOptions() throws IOException {
    OnnxGraphBuilder builder = new OnnxGraphBuilder("letters", 17);
    String ids = builder.typedInput("ids", DataTypes.INT64, "N", "S");
    String rows = builder.node("Gather", "/g", List.of(builder.weights("table", 3, 5), ids));
    Path model = Cli.save(builder.output("y", rows, "N", "S", 5).build(), dir.resolve("m.onnx"));
    Path text = Files.writeString(dir.resolve("d.txt"), "ab\ncab\nb\n");
    Path folder = Files.createDirectory(dir.resolve("plugins"));
    Jars.jar(
        folder.resolve("lines.jar"),
        Map.of(DataSource.class, LinesSource.class),
        List.of(
            LinesSource.class.getName(),
            LinesSource.class.getName() + "$1",
            LinesSource.class.getName() + "$1$1"));
    Object[] compare = {"compare", model, model, "--json", "--data", text};
    assertRefused("is of no format that is known", compare);
    assertRefused("'--alphabet'", with(compare, "--alphabet", "abc"));
    Object[] plugins = with(compare, "--plugins", folder);
    assertRefused("give --alphabet LETTERS", plugins);
    assertEquals(3, json(with(plugins, "--alphabet", "abc")).get("samples").intValue());
    assertTrue(Cli.done("compare", "--help", "--plugins=" + folder).contains("--alphabet=LETTERS"));
    assertRefused("no folder", with(compare, "--plugins", dir.resolve("none")));
  }

  /** Whatever the zoo reads, random data are plausible for it. */
  @ParameterizedTest
  @ValueSource(
      strings = {"resnet18", "bert_dynamic", "gpt2_dynamo", "lstm", "real/SqueezeNet_fp16"})
  void theZooOnRandomData(String name) throws IOException {
    Path model = Path.of(System.getProperty("espalier.shared", ""), "zoo", name + ".onnx");
    Assumptions.assumeTrue(Files.exists(model), () -> "SKIPPED: there is no " + model);
    JsonNode found = json("compare", model, model, "--json", "--data", "random", "--samples", "4");
    assertEquals(0, found.get("error").doubleValue());
    assertEquals(4, found.get("samples").intValue());
  }

  @Test
  void digits() throws IOException {
    Path shared = Path.of(System.getProperty("espalier.shared", ""));
    Path model = shared.resolve("zoo/real/cnn_mnist.onnx");
    Path mnist = shared.resolve("data/mnist");
    Assumptions.assumeTrue(Files.exists(model) && Files.exists(mnist), "SKIPPED: no " + mnist);
    JsonNode found =
        json(
            "compare",
            model,
            model,
            "--json",
            "--data",
            mnist.resolve("t10k-images-idx3-ubyte.gz"),
            "--labels",
            mnist.resolve("t10k-labels-idx1-ubyte.gz"),
            "--image-scale",
            "1/255",
            "--image-mean",
            "0.1307",
            "--image-std",
            "0.3081",
            "--range",
            "8000:");
    assertEquals(2000, found.get("samples").intValue());
    assertEquals(0.9945, found.get("accuracy").get("original").doubleValue(), 1e-9);
    assertEquals(1, found.get("top1_agreement").doubleValue());
  }
}
