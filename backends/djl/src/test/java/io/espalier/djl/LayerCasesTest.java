package io.espalier.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.espalier.djl.trace.BlockTracer;
import io.espalier.djl.trace.TracedBlock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every layer of DJL is recorded, with the shapes that the engine computes. */
class LayerCasesTest {
  @TestFactory
  Stream<DynamicTest> hasTheShapesOfTheEngine() {
    return LayerCases.all().entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () -> {
                      try (NDManager manager = NDManager.newBaseManager()) {
                        check(manager, entry.getValue().apply(manager));
                      }
                    }));
  }

  private static void check(NDManager manager, DjlBlock block) {
    TracedBlock traced = BlockTracer.trace(block);
    assertEquals(List.of(), traced.untraced());
    NDList outputs = Blocks.run(manager, block, Blocks.feed(manager, block, 3));
    Blocks.assertShapes(outputs.stream().map(NDArray::getShape).toList(), traced, 3);
  }
}
