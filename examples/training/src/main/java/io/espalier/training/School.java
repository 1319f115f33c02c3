package io.espalier.training;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.listener.TrainingListener;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import io.espalier.djl.training.BatchNormRecalibration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;

/** Trains and tests classifiers of digits. Single-threaded, so that a seed gives one result. */
public final class School {
  private static final int BATCH = 64;
  private static final int CALIBRATION = 20;

  private static final String THREADS = "ai.djl.pytorch.num_threads";

  static {
    if (System.getProperty(THREADS) == null) {
      System.setProperty(THREADS, "1"); // read when the engine is loaded
    }
  }

  private final Images lessons;
  private final Images exam;
  private final int shift;

  /**
   * @param lessons what networks learn from
   * @param exam what they are tested on
   */
  public School(Images lessons, Images exam) {
    this(lessons, exam, 0);
  }

  private School(Images lessons, Images exam, int shift) {
    this.lessons = lessons;
    this.exam = exam;
    this.shift = shift;
  }

  /**
   * The same school, whose lessons are moved anew in every epoch; the exam stays as it is.
   *
   * @param most by how many pixels at most, in each direction
   */
  public School withShifts(int most) {
    return new School(lessons, exam, most);
  }

  /**
   * Trains a block with Adam, the learning rate falling to nothing.
   *
   * @param block initialized; an elastic block trains its super-network if a listener does so
   * @param epochs how often it sees all lessons
   * @param rate the learning rate at the start
   * @param seed of the order of lessons, and of how they are moved
   */
  public void train(Block block, int epochs, float rate, int seed, TrainingListener... listeners) {
    Engine.getInstance().setRandomSeed(seed);
    int steps = epochs * ((lessons.count() + BATCH - 1) / BATCH);
    Tracker fading =
        Tracker.cosine().setBaseValue(rate).optFinalValue(0f).setMaxUpdates(steps).build();
    DefaultTrainingConfig config =
        new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
            .optOptimizer(Optimizer.adam().optLearningRateTracker(fading).build())
            .optDevices(new Device[] {Device.cpu()})
            .addTrainingListeners(listeners);
    Model model = Model.newInstance("digits");
    model.setBlock(block);
    try (Trainer trainer = model.newTrainer(config)) {
      Random moves = new Random(seed);
      for (int epoch = 0; epoch < epochs; epoch++) {
        try (NDManager manager = trainer.getManager().newSubManager()) {
          Images moved = shift == 0 ? lessons : lessons.shifted(shift, moves);
          EasyTrain.fit(trainer, 1, moved.batches(manager, BATCH, true), null);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (TranslateException e) {
      throw new IllegalStateException("arrays need no translation", e);
    } finally {
      model.setBlock(Blocks.identityBlock()); // a model clears its block when it is closed
      model.close();
    }
  }

  /** Measures the statistics of batch norms on lessons. */
  public void recalibrate(Block block) {
    try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
      Images some = lessons.part(0, Math.min(lessons.count(), BATCH * CALIBRATION));
      BatchNormRecalibration.run(block, data(some, manager), CALIBRATION);
    }
  }

  /** The part of the exam that a block gets right. */
  public double accuracy(Block block) {
    int right = 0;
    try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
      for (Batch batch : data(exam, manager)) {
        try (batch) {
          NDList out = block.forward(new ParameterStore(manager, false), batch.getData(), false);
          NDArray guess = out.head().argMax(1);
          NDArray label = batch.getLabels().head().flatten().toType(guess.getDataType(), false);
          right += (int) guess.eq(label).countNonzero().getLong();
        }
      }
    }
    return (double) right / exam.count();
  }

  private static Iterable<Batch> data(Images images, NDManager manager) {
    ArrayDataset set = images.batches(manager, BATCH, false);
    try {
      return set.getData(manager);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (TranslateException e) {
      throw new IllegalStateException("arrays need no translation", e);
    }
  }
}
