package io.espalier.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.espalier.djl.trace.BlockTracer;
import io.espalier.djl.trace.TracedBlock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whatever is done to arrays is recorded, with the shapes and types that the engine computes. */
class ArrayCasesTest {
  private static final Shape SHAPE = new Shape(2, 4, 6);

  @TestFactory
  Stream<DynamicTest> hasTheShapesAndTypesOfTheEngine() {
    return ArrayCases.all().entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () -> {
                      try (NDManager manager = NDManager.newBaseManager()) {
                        DjlBlock block = ArrayCases.block(manager, entry.getValue());
                        check(manager, block);
                        check(manager, DjlBlock.exactly(block.block(), SHAPE, SHAPE));
                      }
                    }));
  }

  private static void check(NDManager manager, DjlBlock block) {
    TracedBlock traced = BlockTracer.trace(block);
    assertEquals(List.of(), traced.untraced());
    NDList outputs = Blocks.run(manager, block, Blocks.feed(manager, block, 2));
    Blocks.assertShapes(outputs.stream().map(NDArray::getShape).toList(), traced, 2);
    assertEquals(
        outputs.stream().map(NDArray::getDataType).toList(),
        traced.graph().outputs().stream().map(traced::type).toList());
  }
}
