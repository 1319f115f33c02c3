package io.espalier.djl;

import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.core.LinearCollection;
import ai.djl.nn.core.Multiplication;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Each layer of DJL in its variants, with random parameters. */
public final class LayerCases {
  private LayerCases() {}

  /** Blocks, initialized. */
  public static Map<String, Function<NDManager, DjlBlock>> all() {
    Map<String, Function<NDManager, DjlBlock>> cases = new LinkedHashMap<>();
    convolutions(cases);
    others(cases);
    recurrent(cases);
    return cases;
  }

  private static void put(
      Map<String, Function<NDManager, DjlBlock>> cases, String name, Block block, Shape... shapes) {
    cases.put(
        name,
        manager -> {
          block.initialize(manager, DataType.FLOAT32, shapes);
          // values that tell one element from another, also where zeros or ones are usual
          block
              .getParameters()
              .forEach(
                  pair ->
                      pair.getValue()
                          .getArray()
                          .addi(manager.randomUniform(0.1f, 0.5f, pair.getValue().getShape())));
          return DjlBlock.of(block, shapes);
        });
  }

  private static void convolutions(Map<String, Function<NDManager, DjlBlock>> cases) {
    put(
        cases,
        "conv1d",
        Conv1d.builder().setKernelShape(new Shape(3)).setFilters(5).build(),
        new Shape(1, 4, 9));
    put(
        cases,
        "conv2d",
        Conv2d.builder()
            .setKernelShape(new Shape(3, 5))
            .setFilters(6)
            .optStride(new Shape(2, 1))
            .optPadding(new Shape(1, 2))
            .optDilation(new Shape(2, 1))
            .build(),
        new Shape(1, 4, 12, 11));
    put(
        cases,
        "grouped conv2d",
        Conv2d.builder()
            .setKernelShape(new Shape(3, 3))
            .setFilters(8)
            .optGroups(2)
            .optBias(false)
            .build(),
        new Shape(1, 4, 7, 7));
    put(
        cases,
        "conv3d",
        Conv3d.builder().setKernelShape(new Shape(2, 3, 1)).setFilters(3).build(),
        new Shape(1, 2, 4, 5, 6));
  }

  private static void others(Map<String, Function<NDManager, DjlBlock>> cases) {
    put(cases, "linear", Linear.builder().setUnits(3).build(), new Shape(1, 5));
    put(
        cases,
        "linear without bias",
        Linear.builder().setUnits(3).optBias(false).build(),
        new Shape(1, 5));
    put(cases, "linear of sequences", Linear.builder().setUnits(3).build(), new Shape(1, 7, 5));
    put(
        cases,
        "linear collection",
        LinearCollection.builder().setUnits(3).build(),
        new Shape(1, 4, 5));
    put(cases, "multiplication", Multiplication.builder().setUnits(3).build(), new Shape(1, 5));
    put(cases, "batch norm", BatchNorm.builder().build(), new Shape(1, 4, 5, 5));
    put(cases, "batch norm of features", BatchNorm.builder().build(), new Shape(1, 4));
    put(
        cases,
        "batch norm of the last axis",
        BatchNorm.builder().optAxis(2).optEpsilon(1e-2f).build(),
        new Shape(1, 4, 5));
    put(cases, "layer norm", LayerNorm.builder().build(), new Shape(1, 4, 5));
    put(
        cases,
        "layer norm of the last axis",
        LayerNorm.builder().axis(2).build(),
        new Shape(1, 4, 5));
    put(
        cases,
        "pools",
        new SequentialBlock()
            .add(Pool.maxPool2dBlock(new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), true))
            .add(Pool.avgPool2dBlock(new Shape(2, 2), new Shape(1, 1), new Shape(0, 0)))
            .add(Pool.globalAvgPool2dBlock()),
        new Shape(1, 3, 12, 12));
    cases.put(
        "embedding",
        manager -> {
          TrainableWordEmbedding block =
              TrainableWordEmbedding.builder()
                  .setVocabulary(new DefaultVocabulary(List.of("a", "b", "c", "d")))
                  .setEmbeddingSize(6)
                  .build();
          block.initialize(manager, DataType.FLOAT32, new Shape(1, 5));
          return DjlBlock.of(block, new Shape(1, 5)).types(DataType.INT64);
        });
  }

  private static void recurrent(Map<String, Function<NDManager, DjlBlock>> cases) {
    Shape shape = new Shape(1, 5, 4);
    put(cases, "lstm", LSTM.builder().setStateSize(3).setNumLayers(1).build(), shape);
    put(
        cases,
        "lstm of 3 layers, with states",
        LSTM.builder().setStateSize(3).setNumLayers(3).optReturnState(true).build(),
        shape);
    put(
        cases,
        "lstm in both directions",
        LSTM.builder()
            .setStateSize(3)
            .setNumLayers(2)
            .optBidirectional(true)
            .optHasBiases(false)
            .optReturnState(true)
            .build(),
        shape);
    put(
        cases,
        "lstm with the time first",
        LSTM.builder().setStateSize(3).setNumLayers(1).optBatchFirst(false).build(),
        shape);
    put(
        cases,
        "lstm from given states",
        LSTM.builder().setStateSize(3).setNumLayers(1).optBatchFirst(false).build(),
        new Shape(1, 5, 4),
        new Shape(1, 5, 3),
        new Shape(1, 5, 3));
    put(cases, "gru", GRU.builder().setStateSize(3).setNumLayers(1).build(), shape);
    put(
        cases,
        "gru in both directions",
        GRU.builder()
            .setStateSize(3)
            .setNumLayers(2)
            .optBidirectional(true)
            .optHasBiases(false)
            .optReturnState(true)
            .build(),
        shape);
    put(
        cases,
        "rnn",
        RNN.builder()
            .setStateSize(3)
            .setNumLayers(2)
            .setActivation(RNN.Activation.TANH)
            .optReturnState(true)
            .build(),
        shape);
    put(
        cases,
        "rnn with rectifiers",
        RNN.builder().setStateSize(3).setNumLayers(1).setActivation(RNN.Activation.RELU).build(),
        shape);
  }
}
