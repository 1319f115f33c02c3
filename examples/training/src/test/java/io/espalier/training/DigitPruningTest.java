package io.espalier.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.spi.EspalierException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigitPruningTest {
  private static final int ALL = 8040;

  @TempDir Path folder;

  private Path model() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("digits", 17, 1);
    String x = b.input("x", "N", 1, 28, 28);
    Map<String, long[]> strides = Map.of("strides", new long[] {5, 5});
    String y = b.node("Conv", "conv", List.of(x, b.weights("w1", 16, 1, 5, 5)), strides);
    y = b.node("Flatten", "flat", List.of(b.node("Relu", "relu", List.of(y))));
    y = b.node("MatMul", "fc", List.of(y, b.weights("w2", 16 * 25, 10)));
    Path file = folder.resolve("digits.onnx");
    new OnnxEdit(b.output("y", y, "N", 10).build()).write(file);
    return file;
  }

  private static List<String> lines(Object... words) throws IOException {
    List<String> args = new ArrayList<>();
    for (Object word : words) {
      args.add(word.toString());
    }
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      DigitPruning.main(args.toArray(String[]::new));
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static void refused(String words, Object... args) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> lines(args));
    assertTrue(String.valueOf(e.getMessage()).contains(words), e::getMessage);
  }

  @Test
  void eachCriterionAndRepairHasALine() throws IOException {
    MadeDigits.write(folder, ALL);
    String half =
        " of the MACs: \\d+\\.\\d\\d%, loses -?\\d+\\.\\d\\d \\(-?\\d+\\.\\d\\d to"
            + " -?\\d+\\.\\d\\d\\) points; at most 0\\.\\d+ of the MACs, \\d+ s each";
    List<String> lines =
        lines(
            folder,
            model(),
            "--draws",
            1,
            "--macs",
            "0.5",
            "--criteria",
            "l2,reconstruction",
            "--repairs",
            "NONE,SEQUENTIAL");
    assertEquals(6, lines.size(), lines.toString());
    assertTrue(lines.get(0).matches("digits\\.onnx: \\d+\\.\\d\\d%"), lines.get(0));
    assertEquals("by curves:", lines.get(1));
    int at = 2;
    for (String criterion : List.of("l2", "reconstruction")) {
      for (String repair : List.of("none", "sequential")) {
        String line = lines.get(at++);
        assertTrue(line.matches(criterion + ", " + repair + ", 0\\.5" + half), line);
      }
    }
  }

  private List<String> halves(Object... more) throws IOException {
    List<Object> args =
        new ArrayList<>(List.of(folder, model(), "--draws", 1, "--macs", "0.5", "--repairs"));
    args.addAll(List.of("ONE_PASS", "--strategies", "curves,random", "--evaluations", 5));
    args.addAll(List.of(more));
    return lines(args.toArray()).stream().map(line -> line.replaceAll("\\d+ s each", "")).toList();
  }

  @Test
  void whatIsKeptChangesNothing() throws IOException {
    MadeDigits.write(folder, ALL);
    Path kept = folder.resolve("kept");
    List<String> lines = halves();
    assertEquals(lines, halves("--keep", kept));
    assertTrue(Files.isDirectory(kept), "nothing was kept");
    assertEquals(lines, halves("--keep", kept));
  }

  @Test
  void eachStrategyHasItsLines() throws IOException {
    MadeDigits.write(folder, ALL);
    List<String> lines =
        lines(
            folder,
            model(),
            "--draws",
            1,
            "--macs",
            "0.5",
            "--repairs",
            "NONE",
            "--strategies",
            "greedy,random");
    assertEquals(5, lines.size(), lines.toString());
    assertEquals("by greedy:", lines.get(1));
    assertTrue(lines.get(2).startsWith("reconstruction, none, 0.5 of the MACs: "), lines.get(2));
    assertEquals("by random:", lines.get(3));
    assertTrue(lines.get(4).startsWith("reconstruction, none, 0.5 of the MACs: "), lines.get(4));
  }

  @Test
  void whatCannotBeDoneIsRefused() {
    Path model = model();
    refused("--draws lacks its value", folder, model, "--draws");
    refused("there is no --draw;", folder, model, "--draw", 1);
    refused("give the folder of MNIST", folder);
    refused("give the folder of MNIST", folder, model, "--draws", 0);
    refused("there is no repair ALL, only [NONE, ", folder, model, "--repairs", "NONE,ALL");
    EspalierException none =
        assertThrows(EspalierException.class, () -> lines(folder, model, "--strategies", "curve"));
    assertTrue(
        String.valueOf(none.getMessage()).startsWith("there is no strategy \"curve\""),
        none::getMessage);
  }

  @Test
  void filesThatAreNoTestSetAreRefused() {
    Path model = model();
    assertThrows(IOException.class, () -> lines(folder, model));
    MadeDigits.write(folder, 50);
    refused("there are 50 images", folder, model);
  }
}
