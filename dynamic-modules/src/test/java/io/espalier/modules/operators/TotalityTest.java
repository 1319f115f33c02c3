package io.espalier.modules.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.modules.Net;
import io.espalier.spi.DMRegistry;
import io.espalier.spi.OpId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A rule says no in words of its own; it never fails, whatever a model holds. */
class TotalityTest {
  private static final int TRIES = 200;
  private static final String[] NUMBERS = {
    "axis",
    "group",
    "blocksize",
    "num_groups",
    "num_outputs",
    "keepdims",
    "transA",
    "transB",
    "k",
    "ceil_mode",
    "allowzero",
    "broadcast",
    "noop_with_empty_axes",
    "spatial",
    "training_mode"
  };
  private static final String[] LISTS = {
    "axes",
    "perm",
    "pads",
    "paddings",
    "strides",
    "dilations",
    "kernel_shape",
    "output_shape",
    "output_padding",
    "shape",
    "split",
    "starts",
    "ends",
    "border",
    "scale"
  };
  private static final String[][] TEXTS = {
    {"auto_pad", "SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET", "NONE"},
    {"mode", "reflect", "constant", "CRD"},
    {"equation", "ij,jk->ik", "...i,i", "ii", "a->b", "->", "...,...->...", "a...a,b"}
  };
  private static final Set<String> SEVERAL_OUTPUTS =
      Set.of(
          "BatchNormalization",
          "Dropout",
          "GRU",
          "LSTM",
          "LayerNormalization",
          "MaxPool",
          "Split",
          "TopK");
  private static final long[] SIZES = {1, 1, 2, 3, 4, 6, 8, 12};
  private static final int[] OPSETS = {1, 6, 8, 10, 12, 13, 17, 18, 21};

  static Stream<OpId> operators() {
    return DMRegistry.discover(TotalityTest.class.getClassLoader()).operators().stream()
        .filter(op -> op.domain().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("operators")
  void neverFails(OpId operator) {
    Set<String> failures = new TreeSet<>();
    for (int seed = 0; seed < TRIES; seed++) {
      oddNode(operator, new Random(seed)).solve().reasons().stream()
          .filter(reason -> reason.contains(" failed on "))
          .forEach(failures::add);
    }

    assertEquals(Set.of(), failures);
  }

  private static Net oddNode(OpId operator, Random random) {
    Net net = new Net().opset(OPSETS[random.nextInt(OPSETS.length)]);
    List<String> inputs = new ArrayList<>();
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      String name = "i" + i;
      inputs.add(name);
      switch (i == 0 ? random.nextInt(3) : random.nextInt(6)) {
        case 0 -> net.input(name, sizes(random));
        case 1 -> net.weight(name, sizes(random));
        case 2 -> net.ints(name, numbers(random));
        case 3 -> net.scalar(name, random.nextInt(9) - 3);
        case 4 -> net.reals(name, 1, 1, 2, 0.5);
        default -> inputs.set(i, "");
      }
    }
    List<Object> attributes = new ArrayList<>();
    for (String name : NUMBERS) {
      if (random.nextInt(3) == 0) {
        attributes.add(name);
        attributes.add(random.nextInt(9) - 3);
      }
    }
    for (String name : LISTS) {
      if (random.nextInt(3) == 0) {
        attributes.add(name);
        attributes.add(numbers(random));
      }
    }
    for (String[] text : TEXTS) {
      if (random.nextBoolean()) {
        attributes.add(text[0]);
        attributes.add(text[1 + random.nextInt(text.length - 1)]);
      }
    }
    return net.node(
        operator.name(),
        SEVERAL_OUTPUTS.contains(operator.name()) && random.nextBoolean() ? "y, z" : "y",
        String.join(",", inputs),
        attributes.toArray());
  }

  private static long[] sizes(Random random) {
    return random.longs(random.nextInt(6), 0, SIZES.length).map(i -> SIZES[(int) i]).toArray();
  }

  private static long[] numbers(Random random) {
    return random.longs(random.nextInt(6), -3, 9).toArray();
  }
}
