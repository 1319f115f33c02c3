package io.espalier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code inspect --importance a,b,c}: criteria side by side. */
class CriteriaTest {
  private static final String OF_WEIGHTS = "l2,l1,group_norm,batch_norm_scale,lamp,fpgm,random";

  @TempDir private Path dir = Path.of("");

  private Path model() {
    return SmallData.model(dir.resolve("m.onnx"));
  }

  private static void assertRefused(String words, Object... args) {
    Cli run = Cli.run(args);
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(words), run.err());
  }

  @Test
  void everyUnitHasAPlaceByEachCriterion() {
    List<String> lines = Cli.done("inspect", model(), "--importance", OF_WEIGHTS).lines().toList();
    assertEquals("the place of each unit, 1 for the one that stays longest", lines.get(0));
    assertTrue(lines.get(1).matches("width +unit +l2 +l1 .* fpgm +random"), lines.get(1));
    List<List<String>> rows = new ArrayList<>();
    for (String line : lines.subList(2, 2 + 32 + 24)) {
      rows.add(List.of(line.split(" +", -1)));
    }
    Set<String> places = new HashSet<>();
    for (List<String> row : rows.subList(0, 32)) {
      assertEquals(rows.get(0).get(0), row.get(0));
      places.add(row.get(2));
      // norms and their squares put units in one order where one consumer reads them; without a
      // batch norm weights tell in its place
      assertEquals(row.get(2), row.get(4));
      assertEquals(row.get(2), row.get(5));
    }
    assertEquals(32, places.size());
    assertTrue(
        lines.subList(2 + 32 + 24, lines.size()).stream()
            .anyMatch(line -> line.matches(".* 32 +1\\.00 .* 1\\.00 +1\\.00 .*")),
        () -> String.join("\n", lines));
  }

  @Test
  void jsonHoldsOrdersAndImportances() throws IOException {
    JsonNode json =
        new ObjectMapper()
            .readTree(
                Cli.done(
                    "inspect",
                    model(),
                    "--json",
                    "--importance",
                    "l2,activation,reconstruction",
                    "--data",
                    "random",
                    "--samples",
                    50));
    assertEquals("reconstruction", json.get("criteria").get(2).asText());
    JsonNode width = json.get("widths").get(0);
    assertEquals(32, width.get("units").asInt());
    for (JsonNode criterion : json.get("criteria")) {
      JsonNode said = width.get("criteria").get(criterion.asText());
      Set<Integer> units = new HashSet<>();
      said.get("order").forEach(unit -> units.add(unit.asInt()));
      assertEquals(32, units.size());
      assertEquals(32, said.get("importance").size());
    }
    JsonNode l2 = width.get("criteria").get("l2");
    double first = l2.get("importance").get(l2.get("order").get(0).asInt()).asDouble();
    double last = l2.get("importance").get(l2.get("order").get(31).asInt()).asDouble();
    assertTrue(first == 1 && last < 1, () -> l2.toString());
  }

  @Test
  void whatCannotBeAskedIsRefused() {
    assertRefused("l3", "inspect", model(), "--importance", "l2,l3");
    assertRefused("ranks units by data", "inspect", model(), "--importance", "l2,activation");
    assertRefused(
        "takes gradients",
        "inspect",
        model(),
        "--importance",
        "l2,taylor",
        "--data",
        "random",
        "--samples",
        50);
    assertRefused("--importance l2,reconstruction", "inspect", model(), "--data", "random");
  }

  @Test
  void blocksAloneAreTrained() {
    Object[] prune = {
      "prune",
      model(),
      "-o",
      dir.resolve("o.onnx"),
      "--macs",
      0.5,
      "--data",
      "random",
      "--epochs",
      3
    };
    assertRefused(
        "m.onnx is an ONNX file, whose runtime computes no gradients; open the network by --block",
        prune);
  }

  @Test
  void gradientsAreTakenOfBlocksAlone() {
    Object[] prune = {"prune", model(), "-o", dir.resolve("o.onnx"), "--macs", 0.5};
    List<Object> args = new ArrayList<>(List.of(prune));
    args.addAll(List.of("--importance", "taylor"));
    assertRefused("ranks units by data", args.toArray());
    args.addAll(List.of("--data", "random", "--samples", 50));
    assertRefused("is run by a backend that computes none; open it as a Block", args.toArray());
  }
}
