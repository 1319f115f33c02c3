package io.espalier.modules.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.modules.Net;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.OpId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every operator of the ONNX standard domain has a rule, or an entry that says why it freezes. */
class StandardDomainTest {
  /** What ONNX Runtime adds to the domain without asking. */
  private static final Set<String> OUTSIDE = Set.of("SimplifiedLayerNormalization");

  private final DMRegistry registry = DMRegistry.discover(getClass().getClassLoader());

  @Test
  void everyOperatorHasAPlace() throws IOException {
    Set<String> known = new TreeSet<>();
    for (OpId operator : registry.operators()) {
      if (operator.domain().isEmpty() && !OUTSIDE.contains(operator.name())) {
        known.add(operator.name());
      }
    }
    assertEquals(standard().keySet(), known);
    assertTrue(known.size() > 200);
  }

  @Test
  void listNamesAnOperatorSetForEach() throws IOException {
    standard().forEach((name, opset) -> assertTrue(opset >= 1 && opset <= 26, name));
  }

  @Test
  void refusalSaysWhy() {
    assertEquals(
        "y/NonMaxSuppression: how many boxes it keeps depends on the data",
        new Net()
            .input("x", 1, 3, 8, 8)
            .weight("w", 16, 3, 3, 3)
            .node("Conv", "h", "x, w")
            .node("NonMaxSuppression", "y", "h")
            .output("y")
            .solve()
            .why("h", 1));
  }

  private static Map<String, Integer> standard() throws IOException {
    Map<String, Integer> operators = new TreeMap<>();
    try (InputStream list = StandardDomainTest.class.getResourceAsStream("standard-domain.txt")) {
      new String(list.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", -1))
          .forEach(words -> operators.put(words[0], Integer.valueOf(words[1])));
    }
    return operators;
  }
}
