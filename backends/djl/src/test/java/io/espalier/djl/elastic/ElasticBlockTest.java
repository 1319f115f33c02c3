package io.espalier.djl.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.NoopTranslator;
import io.espalier.core.Hparam;
import io.espalier.core.Samplers;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Config;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.carve.ParameterSlice;
import io.espalier.djl.carve.ParameterSlices;
import io.espalier.spi.EspalierException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ElasticBlockTest {
  private NDManager manager;
  private DjlBlock source;
  private SearchSpace space;
  private ElasticBlock elastic;
  private Config small;

  @BeforeEach
  void makeLeNet() {
    manager = NDManager.newBaseManager();
    source = Blocks.leNet(manager);
    space = Blocks.spaces().generate(source, Rules.everything());
    elastic = ElasticBlock.of(space);
    small = Config.of(space.sample(Samplers.min()).choices());
    space.sample(Samplers.max());
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private NDList outputs(Block block, NDList inputs) {
    return Subnets.infer(block, manager, inputs);
  }

  private NDList carved(Config config, NDList inputs) {
    space.select(config);
    return outputs(((DjlNetwork) space.export()).block(), inputs);
  }

  @Test
  void hasTheParametersAndChildrenOfTheBlock() {
    elastic.select(small);
    assertEquals(source.block().getParameters().keys(), elastic.getParameters().keys());
    assertSame(source.block().getParameters().valueAt(0), elastic.getParameters().valueAt(0));
    assertEquals(source.block().getChildren().size(), elastic.getChildren().size());
    assertSame(source.block().getChildren().get(0).getValue(), elastic.getChildren().valueAt(0));
    assertEquals(source.block().toString(), elastic.toString());
  }

  @Test
  void selectsInTheSpaceTooAndNothingWhereTheConfigDoesNotFit() {
    elastic.select(small);
    assertEquals(small, elastic.config());
    assertEquals(small, space.config());
    assertThrows(EspalierException.class, () -> elastic.select(Config.of(java.util.Map.of())));
    assertEquals(small, elastic.config());
  }

  @Test
  void refusesASpaceOfSomethingElse() {
    EspalierException refused =
        assertThrows(
            EspalierException.class,
            () ->
                ElasticBlock.of(
                    new SearchSpace(
                        new io.espalier.core.values.TracedModel() {
                          @Override
                          public io.espalier.trace.Graph graph() {
                            return space.model().graph();
                          }

                          @Override
                          public String fingerprint() {
                            return "";
                          }

                          @Override
                          public String description() {
                            return "net.onnx";
                          }

                          @Override
                          public io.espalier.core.values.TracedModel carve(
                              io.espalier.core.values.Cut cut,
                              io.espalier.core.values.Prover prover) {
                            throw new UnsupportedOperationException();
                          }

                          @Override
                          public void save(java.nio.file.Path file) {}
                        },
                        space.map().orElseThrow(),
                        Blocks.spaces().registry())));
    assertTrue(String.valueOf(refused.getMessage()).contains("net.onnx"));
  }

  @Test
  void savesAndLoadsTheWholeBlock() throws Exception {
    elastic.select(small);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    elastic.saveParameters(new DataOutputStream(bytes));
    NDList inputs = Blocks.feed(manager, source, 2);
    NDList before = outputs(elastic, inputs);
    source.block().getParameters().values().forEach(p -> p.getArray().muli(2));
    elastic.refresh();
    assertTrue(Subnets.difference(before, outputs(elastic, inputs)) > 1e-3);
    elastic.loadParameters(
        manager, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertEquals(0, Subnets.difference(before, outputs(elastic, inputs)));
  }

  @Test
  void predictsAtSeveralConfigsAtOnce() throws Exception {
    NDList inputs = Blocks.feed(manager, source, 2);
    List<Config> configs = Subnets.of(space, 3);
    List<NDList> expected = new ArrayList<>();
    List<Block> blocks = new ArrayList<>();
    for (Config config : configs) {
      expected.add(carved(config, inputs));
      blocks.add(elastic.at(config));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Double>> worst = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        int at = i % configs.size();
        worst.add(
            threads.submit(
                () -> {
                  try (NDManager scope = NDManager.newBaseManager()) {
                    NDList own = new NDList();
                    inputs.forEach(array -> own.add(copy(array, scope)));
                    return Subnets.difference(
                        expected.get(at), Subnets.infer(blocks.get(at), scope, own));
                  }
                }));
        if (i % 5 == 0) {
          // slices are dropped while others use them
          elastic.refresh();
        }
      }
      for (Future<Double> difference : worst) {
        assertTrue(difference.get() <= 1e-5);
      }
    } finally {
      threads.shutdown();
    }
  }

  private static NDArray copy(NDArray array, NDManager scope) {
    return scope.create(array.toFloatArray(), array.getShape());
  }

  @Test
  void predictsThroughAPredictor() throws Exception {
    try (Model model = Model.newInstance("lenet")) {
      model.setBlock(elastic);
      elastic.select(small);
      NDList inputs = Blocks.feed(manager, source, 2);
      try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator(null))) {
        NDList found = predictor.predict(inputs);
        assertEquals(0, Subnets.difference(carved(small, inputs), found));
      }
    }
  }

  private ArrayDataset data() {
    manager.getEngine().setRandomSeed(3);
    return new ArrayDataset.Builder()
        .setData(manager.randomNormal(new Shape(32, 1, 28, 28)))
        .optLabels(manager.randomInteger(0, 10, new Shape(32), ai.djl.ndarray.types.DataType.INT64))
        .setSampling(8, false)
        .build();
  }

  private static DefaultTrainingConfig training() {
    return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
        .optOptimizer(Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.05f)).build());
  }

  @Test
  void trainsTheUnitsOfItsConfigAndNoOthers() throws Exception {
    Config config = space.draw(new Random(1));
    List<Parameter> parameters = source.block().getParameters().values();
    List<NDArray> before = parameters.stream().map(p -> p.getArray().duplicate()).toList();
    try (Model model = Model.newInstance("lenet")) {
      model.setBlock(elastic);
      elastic.select(config);
      try (Trainer trainer = model.newTrainer(training())) {
        trainer.initialize(new Shape(1, 1, 28, 28));
        EasyTrain.fit(trainer, 1, data(), null);
      }
    }
    ParameterSlices slices = ((DjlNetwork) space.model()).network().cut(space.cut()).slices();
    int trained = 0;
    for (int i = 0; i < before.size(); i++) {
      ParameterSlice slice = slices.find(parameters.get(i)).orElse(null);
      NDArray moved = parameters.get(i).getArray().stopGradient().sub(before.get(i)).abs();
      if (slice != null && moved.sum().getFloat() > 0) {
        trained++;
        slice.write(slice.of(moved, manager).mul(0), moved);
        assertEquals(0, moved.sum().getFloat(), "units that are not kept have moved");
      }
    }
    assertTrue(trained > 2);
    NDList inputs = Blocks.feed(manager, source, 2);
    assertEquals(0, Subnets.difference(carved(config, inputs), outputs(elastic, inputs)));
  }

  @Test
  void neverPredictsWithParametersOfBeforeAStep() throws Exception {
    elastic.select(small);
    NDList inputs = Blocks.feed(manager, source, 2);
    try (Model model = Model.newInstance("lenet")) {
      model.setBlock(elastic);
      NDList last = outputs(elastic, inputs);
      Trainer trainer = model.newTrainer(training());
      trainer.initialize(new Shape(1, 1, 28, 28));
      for (Batch batch : trainer.iterateDataset(data())) {
        EasyTrain.trainBatch(trainer, batch);
        // between the gradients and the step
        assertEquals(0, Subnets.difference(last, outputs(elastic, inputs)));
        trainer.step();
        NDList now = outputs(elastic, inputs);
        assertTrue(Subnets.difference(last, now) > 0);
        assertEquals(0, Subnets.difference(carved(small, inputs), now));
        last = now;
        batch.close();
      }
      trainer.close();
      assertEquals(0, Subnets.difference(last, outputs(elastic, inputs)));
    }
  }

  @Test
  void gradientsAreThereWithoutTrainingToo() {
    elastic.select(small);
    NDList inputs = Blocks.feed(manager, source, 2);
    Subnets.infer(elastic, manager, inputs);
    NDArray weight = source.block().getParameters().valueAt(0).getArray();
    float[] once = gradient(weight, inputs);
    float[] twice = gradient(weight, inputs);
    float sum = 0;
    for (int i = 0; i < once.length; i++) {
      sum += Math.abs(once[i]);
      assertEquals(2 * once[i], twice[i], 1e-5f * Math.abs(once[i]));
    }
    assertTrue(sum > 0);
  }

  /** What has been added up so far, after one more pass. */
  private float[] gradient(NDArray weight, NDList inputs) {
    try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
      NDList outputs = Subnets.infer(elastic, manager, inputs);
      collector.backward(outputs.head().mul(outputs.head()).sum());
    }
    return weight.getGradient().toFloatArray();
  }

  @Test
  void followsItsSpaceHoweverThatIsTurned() {
    NDList inputs = new NDList(manager.randomNormal(new Shape(2, 1, 28, 28)));
    space.select(small);
    assertEquals(small, elastic.config());
    assertTrue(Subnets.difference(carved(small, inputs), outputs(elastic, inputs)) < 1e-5);

    Hparam hparam = space.hparam("linear_8.out_features");
    hparam.setActive(hparam.max());
    assertEquals(hparam.max(), elastic.config().choices().get(hparam.name()));
    hparam.setActive(hparam.min());
    int[] order = hparam.order();
    hparam.setOrder(
        IntStream.range(0, order.length).map(i -> order[order.length - 1 - i]).toArray());
    assertTrue(Subnets.difference(carved(space.config(), inputs), outputs(elastic, inputs)) < 1e-5);
  }

  /** Runs a block, and closes all that belongs to the pass. */
  private void pass(Block block) {
    try (NDManager own = manager.newSubManager()) {
      Subnets.infer(block, own, new NDList(own.ones(new Shape(2, 1, 28, 28))));
    }
  }

  @Test
  void subnetsThatAreGoneKeepNoSlices() {
    pass(elastic);
    int before = manager.getManagedArrays().size();
    Random random = new Random(5);
    for (int i = 0; i < 12; i++) {
      elastic.select(space.draw(random));
      pass(elastic);
      pass(elastic);
      space.sample(Samplers.min());
      pass(elastic);
      try (ElasticBlock.FixedBlock at = elastic.at(space.draw(random))) {
        pass(at);
        assertTrue(manager.getManagedArrays().size() > before);
      }
    }
    space.sample(Samplers.max());
    pass(elastic);
    assertEquals(before, manager.getManagedArrays().size());
  }

  @Test
  void aFixedBlockComputesTheSameOnceItWasClosedAndKeepsNothing() {
    NDList inputs = new NDList(manager.randomNormal(new Shape(2, 1, 28, 28)));
    ElasticBlock.FixedBlock at = elastic.at(small);
    NDList expected = outputs(at, inputs);
    at.close();
    assertEquals(0, Subnets.difference(expected, outputs(at, inputs)));
    int before = manager.getManagedArrays().size();
    pass(at);
    assertEquals(before, manager.getManagedArrays().size());
  }

  @Test
  void aCarvedNetworkIsClosedWithItsParametersAndTheWholeIsNot() {
    space.select(small);
    DjlNetwork carved = (DjlNetwork) space.export();
    NDArray part = carved.block().getParameters().valueAt(0).getArray();
    carved.close();
    assertThrows(IllegalStateException.class, part::toByteArray);
    space.model().close();
    assertTrue(source.block().getParameters().valueAt(0).getArray().toByteArray().length > 0);
  }
}
