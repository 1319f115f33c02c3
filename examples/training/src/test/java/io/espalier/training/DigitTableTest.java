package io.espalier.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigitTableTest {
  @TempDir Path folder;
  @TempDir Path elsewhere;

  private static String row(String method, String points) {
    return method + " of the MACs: 98.00%, loses " + points + " (0 to 9) points; at most 0.5, 1 s";
  }

  private void printed(String name, String... lines) throws IOException {
    Files.write(folder.resolve(name), Arrays.asList(lines));
  }

  private static String table(Object... args) throws IOException {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      DigitTable.main(Arrays.stream(args).map(Object::toString).toArray(String[]::new));
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void methodsAreTheMeanOfNetworks() throws IOException {
    printed(
        "one.txt",
        "one.onnx: 99.50%",
        "by curves:",
        row("l2, none, 0.5", "10.00"),
        row("l2, none, 0.25", "50.00"),
        "by random:",
        row("l2, sequential, 0.5", "-0.10"));
    printed(
        "two.txt",
        "two.onnx: 99.40%",
        "by curves:",
        row("l2, none, 0.5", "20.00"),
        row("l2, none, 0.25", "60.00"),
        "by random:",
        row("l2, sequential, 0.5", "0.50"));
    Path plot = elsewhere.resolve("plot.svg");
    assertEquals(
        """
        | | repair | 0.5 of the MACs | 0.25 of the MACs |
        | --- | --- | --- | --- |
        | `curves` | none | 15.00 (10.00 to 20.00) | 55.00 (50.00 to 60.00) |
        | `random` | sequential | 0.20 (-0.10 to 0.50) |  |
        """,
        table(folder, "--plot", plot));
    String svg = Files.readString(plot);
    assertEquals(6, svg.split("<circle", -1).length - 1, svg);
    assertTrue(svg.contains(">curves</text>") && svg.contains(">random</text>"), svg);
  }

  @Test
  void criteriaAreNamedWhereThereIsOneStrategy() throws IOException {
    printed("a.txt", "by curves:", row("l1, none, 0.5", "1.00"), row("l2, none, 0.5", "2.00"));
    assertTrue(table(folder).contains("| `l1` | none | 1.00 (1.00 to 1.00) |"));
  }

  @Test
  void whatHasNoRowsIsRefused() throws IOException {
    printed("b.txt", "whole 99.55%");
    for (Object[] args : new Object[][] {{folder}, {}, {folder, "--plot"}}) {
      assertThrows(IllegalArgumentException.class, () -> table(args));
    }
  }
}
