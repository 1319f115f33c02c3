package io.espalier.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.pruning.DataPruning;
import io.espalier.core.pruning.PruneOptions;
import io.espalier.core.pruning.Pruned;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.Budget;
import io.espalier.core.search.Cost;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.calibrate.BlockSamples;
import io.espalier.djl.load.ParamsFile;
import io.espalier.djl.training.FineTuned;
import io.espalier.djl.training.FineTuning;
import io.espalier.djl.training.FineTuningOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Prunes a trained {@link ResNet14} with unlabelled images, in DJL alone: calibration images are
 * drawn from the first 8,000 of the MNIST test set, and the last 2,000 test what comes out.
 */
public final class BlockPruning {
  private static final int LESSONS = 8000;
  private static final String USAGE =
      "give the folder of MNIST, a .params file of ResNet14, and options: --draws N, the first N"
          + " draws of images (1); --from N, the first draw (0); --samples N images in a draw"
          + " (500); --macs 0.5, again for more budgets (0.5, 0.25 and 0.1); --criterion NAME, who"
          + " says which units stay (reconstruction); --epochs N, how often what was repaired is"
          + " then trained with all 8,000 images, to compute what the whole network does (0)";

  private BlockPruning() {}

  /**
   * Expects the folder that holds images and labels, the parameters of the network, and if wanted
   * {@code --draws}, {@code --from}, {@code --samples}, {@code --macs}, {@code --criterion} and
   * {@code --epochs}, with their values.
   */
  public static void main(String[] args) throws IOException {
    List<Path> files = new ArrayList<>();
    List<Double> budgets = new ArrayList<>();
    int from = 0;
    int draws = 1;
    int samples = 500;
    int epochs = 0;
    String criterion = "reconstruction";
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--draws" -> draws = Integer.parseInt(value(args, ++i));
        case "--from" -> from = Integer.parseInt(value(args, ++i));
        case "--samples" -> samples = Integer.parseInt(value(args, ++i));
        case "--epochs" -> epochs = Integer.parseInt(value(args, ++i));
        case "--criterion" -> criterion = value(args, ++i);
        case "--macs" -> budgets.add(Double.parseDouble(value(args, ++i)));
        default -> files.add(Path.of(args[i]));
      }
    }
    if (files.size() != 2 || draws < 1 || epochs < 0) {
      throw new IllegalArgumentException(USAGE);
    }
    if (budgets.isEmpty()) {
      budgets.addAll(List.of(0.5, 0.25, 0.1));
    }
    Images all = Images.mnist(files.get(0));
    Images lessons = all.part(0, LESSONS);
    School school = new School(lessons, all.part(LESSONS, all.count()));
    try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
      Block block = ResNet14.block();
      ParamsFile.load(block, manager, files.get(1));
      System.out.println(percent("whole", school.accuracy(block)));
      for (int draw = from; draw < from + draws; draw++) {
        for (double budget : budgets) {
          long start = System.nanoTime();
          PruneOptions wanted =
              PruneOptions.of(Budget.of(Cost.MACS, budget)).withCriterion(criterion).withSeed(draw);
          Result result = prune(block, lessons, samples, wanted);
          System.out.println(
              String.format(
                  Locale.ROOT,
                  "draw %d, %.2f of the MACs (%.4f): %s, %s, %.0f s",
                  draw,
                  budget,
                  result.macs(),
                  percent("cut", school.accuracy(result.cut())),
                  percent("repaired", school.accuracy(result.repaired().block())),
                  (System.nanoTime() - start) / 1e9));
          if (epochs > 0) {
            start = System.nanoTime();
            FineTuningOptions options = FineTuningOptions.of(epochs).withSeed(draw);
            FineTuned tuned = train(block, result.repaired(), lessons, options);
            System.out.println(
                String.format(
                    Locale.ROOT,
                    "  %s after epoch %d of %d, error of outputs %.4f, %.4f before, %.0f s",
                    percent("trained", school.accuracy(tuned.network().block())),
                    tuned.epoch(),
                    epochs,
                    tuned.error(),
                    tuned.errorBefore(),
                    (System.nanoTime() - start) / 1e9));
            tuned.network().close();
          }
          result.repaired().close();
        }
      }
    }
  }

  private static String value(String[] args, int index) {
    if (index >= args.length) {
      throw new IllegalArgumentException(args[index - 1] + " lacks its value; " + USAGE);
    }
    return args[index];
  }

  private static String percent(String what, double part) {
    return String.format(Locale.ROOT, "%s %.2f%%", what, 100 * part);
  }

  /**
   * A smaller network.
   *
   * @param macs the part of the multiply-accumulate operations that is left
   * @param cut the network as it was cut
   * @param repaired the same with weights that were solved anew
   */
  record Result(double macs, Block cut, DjlNetwork repaired) {}

  /**
   * Prunes a block.
   *
   * @param block takes images of (batch, 1, 28, 28); it stays as it is
   * @param from the images to draw from
   * @param samples how many images to draw, by the seed of the options
   */
  static Result prune(Block block, Images from, int samples, PruneOptions options) {
    ClassLoader loader = BlockPruning.class.getClassLoader();
    SearchSpace space =
        SearchSpaces.discover(loader)
            .generate(DjlBlock.of(block, SmallResNet.INPUT), Rules.everything());
    DjlNetwork network = (DjlNetwork) space.model();
    try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
      NDArray images =
          manager.create(from.pixels(), new Shape(from.count(), 1, Digits.SIZE, Digits.SIZE));
      Samples data = BlockSamples.of(network, images);
      int[] drawn = SampleDraw.draw(SampleDraw.all(data.count()), samples, options.seed());
      Pruned pruned = DataPruning.run(space, options, data, drawn, step -> {});
      DjlNetwork repaired = (DjlNetwork) pruned.model();
      Block cut = ((DjlNetwork) space.export()).block();
      return new Result(
          (double) pruned.costs().macs() / pruned.costs().originalMacs(), cut, repaired);
    }
  }

  /**
   * Trains a pruned network, without labels, to compute what the whole one does.
   *
   * @param block the whole network; it stays as it is
   * @param small what was cut from it; it stays as it is
   * @param from the images to train with
   */
  static FineTuned train(Block block, DjlNetwork small, Images from, FineTuningOptions options) {
    DjlNetwork whole = DjlNetwork.of(DjlBlock.of(block, SmallResNet.INPUT));
    try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
      NDArray images =
          manager.create(from.pixels(), new Shape(from.count(), 1, Digits.SIZE, Digits.SIZE));
      Samples data = BlockSamples.of(whole, images);
      return FineTuning.run(whole, small, data, SampleDraw.all(data.count()), options, epoch -> {});
    }
  }
}
