package io.espalier.onnx.depth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.onnx.SharedData;
import io.espalier.onnx.attention.Subject;
import io.espalier.onnx.file.OnnxModel;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A block may go only where the network without it would hand on what it read, and no multiple. */
class ScaledShortcutTest {
  private static final int CONFIGS = 4;

  /** Two blocks of a kind between two convolutions. */
  private static Subject network(BiFunction<Net, String, String> block) {
    Net net = new Net();
    String x = net.stem();
    for (int i = 0; i < 2; i++) {
      x = block.apply(net, x);
    }
    return Subject.of(net.head(x));
  }

  private static String scale(Net net) {
    return net.vector(0.7, Net.WIDTH, 1, 1);
  }

  @TestFactory
  Stream<DynamicTest> noBlockOfThese() {
    Map<String, BiFunction<Net, String, String>> kinds =
        Map.ofEntries(
            Map.entry(
                "D*x + f(x)", (n, x) -> n.node("Add", n.node("Mul", scale(n), x), n.branch(x))),
            Map.entry(
                "f(x) + x*D", (n, x) -> n.node("Add", n.branch(x), n.node("Mul", x, scale(n)))),
            Map.entry(
                "0.5*x + f(x)",
                (n, x) -> n.node("Add", n.node("Mul", x, n.scalar(0.5f)), n.branch(x))),
            Map.entry("-x + f(x)", (n, x) -> n.node("Add", n.node("Neg", x), n.branch(x))),
            Map.entry("f(x) - x", (n, x) -> n.node("Sub", n.branch(x), x)),
            Map.entry(
                "x/2 + f(x)", (n, x) -> n.node("Add", n.node("Div", x, n.scalar(2)), n.branch(x))),
            Map.entry("x + b + f(x)", (n, x) -> n.node("Sum", x, scale(n), n.branch(x))),
            Map.entry(
                "(x + b) + f(x)", (n, x) -> n.node("Add", n.node("Add", x, scale(n)), n.branch(x))),
            Map.entry("x + x + f(x)", (n, x) -> n.node("Sum", x, x, n.branch(x))),
            Map.entry("mean(x, f(x))", (n, x) -> n.node("Mean", x, n.branch(x))),
            Map.entry(
                "(x + f(x))*D", (n, x) -> n.node("Mul", n.node("Add", x, n.branch(x)), scale(n))));
    return kinds.entrySet().stream()
        .map(
            kind ->
                DynamicTest.dynamicTest(
                    kind.getKey(),
                    () -> {
                      Subject subject = network(kind.getValue());
                      boolean last = kind.getKey().equals("(x + f(x))*D");
                      assertEquals(
                          last ? 0 : Map.of().size(),
                          subject.depths().values().stream().filter(c -> c.size() > 2).count());
                      if (!last) {
                        assertEquals(Map.of(), subject.depths());
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> blocksOfThese() {
    Map<String, BiFunction<Net, String, String>> kinds =
        Map.of(
            "x + f(x)", (n, x) -> n.node("Add", x, n.branch(x)),
            "x + D*f(x)", (n, x) -> n.node("Add", x, n.node("Mul", scale(n), n.branch(x))),
            "x + 0.5*f(x)", (n, x) -> n.node("Add", x, n.node("Mul", n.branch(x), n.scalar(0.5f))),
            "identity(x) + f(x)", (n, x) -> n.node("Add", n.node("Identity", x), n.branch(x)),
            "x + f(D*x)", (n, x) -> n.node("Add", x, n.branch(n.node("Mul", scale(n), x))));
    return kinds.entrySet().stream()
        .map(
            kind ->
                DynamicTest.dynamicTest(
                    kind.getKey(),
                    () -> {
                      Subject subject = network(kind.getValue());
                      assertEquals(1, subject.depths().size());
                      assertEquals(3, subject.depths().get("blocks.depth").size());
                      subject.proves(CONFIGS, Map.of());
                    }));
  }

  @Test
  void theCaseThatUsersMet() {
    OnnxModel model =
        OnnxModel.read(SharedData.path("cases").resolve("scaled_shortcut_depth.onnx"));
    assertEquals(List.of(), List.copyOf(Subject.of(model).depths().keySet()));
  }
}
