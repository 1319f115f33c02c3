package io.espalier.djl.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.values.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Configs to try, and what blocks compute. */
final class Subnets {
  private Subnets() {}

  /** The narrowest config, and some that are drawn. */
  static List<Config> of(SearchSpace space, int drawn) {
    List<Config> configs = new ArrayList<>();
    Config active = space.config();
    configs.add(Config.of(space.sample(Samplers.min()).choices()));
    space.select(active);
    for (int i = 0; i < drawn; i++) {
      configs.add(space.draw(new Random(i)));
    }
    return configs;
  }

  /** Outputs at inference. Recurrent blocks add to the list that they are fed. */
  static NDList infer(Block block, NDManager manager, NDList inputs) {
    return block.forward(new ParameterStore(manager, false), new NDList(inputs), false);
  }

  /** What a pass gives, without what it computes on the way: that would be held until the end. */
  static NDList outputs(NDManager scope, NDList inputs, Function<NDManager, NDList> pass) {
    try (NDManager own = scope.newSubManager()) {
      inputs.attach(own);
      NDList outputs = pass.apply(own);
      outputs.attach(scope);
      inputs.attach(scope);
      return outputs;
    }
  }

  /** Outputs at inference, computed in numbers of the store's type. */
  static NDList infer(Block block, TypedStore store, NDList inputs) {
    NDList typed = new NDList(inputs.size());
    for (NDArray input : inputs) {
      typed.add(input.getDataType().isFloating() ? input.toType(store.type(), false) : input);
    }
    return block.forward(store, typed, false);
  }

  /** The largest difference, as a part of the largest number. */
  static double difference(NDList expected, NDList actual) {
    assertEquals(expected.size(), actual.size());
    double worst = 0;
    for (int i = 0; i < expected.size(); i++) {
      worst = Math.max(worst, difference(expected.get(i), actual.get(i)));
    }
    return worst;
  }

  static double difference(NDArray expected, NDArray actual) {
    assertEquals(expected.getShape(), actual.getShape());
    double largest = largest(expected);
    double off = largest(expected.sub(actual));
    assertTrue(Double.isFinite(largest) && Double.isFinite(off), "not a number came out");
    return off / Math.max(largest, 1e-3);
  }

  private static double largest(NDArray array) {
    return array.abs().max().toType(DataType.FLOAT64, false).getDouble();
  }
}
