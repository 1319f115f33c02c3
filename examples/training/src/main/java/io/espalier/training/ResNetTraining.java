package io.espalier.training;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Trains a {@link ResNet14} on the first 8,000 of the images of the MNIST test set, tests it on the
 * last 2,000, and writes it as ONNX and as parameters of DJL. One seed gives one network.
 */
public final class ResNetTraining {
  private static final int LESSONS = 8000;
  private static final int EPOCHS = 8;
  private static final float RATE = 5e-3f;
  private static final int SHIFT = 2;
  private static final String USAGE =
      "give the folder of MNIST, and options: --out PATH, without ending; --seed N; --epochs N";

  private ResNetTraining() {}

  /**
   * Expects the folder that holds images and labels, {@code --out} and what the files are called
   * without their endings, and if wanted {@code --seed} and {@code --epochs}, with their numbers.
   */
  public static void main(String[] args) throws IOException {
    Path folder = null;
    Path out = null;
    int seed = 0;
    int epochs = EPOCHS;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--out" -> out = Path.of(value(args, ++i));
        case "--seed" -> seed = Integer.parseInt(value(args, ++i));
        case "--epochs" -> epochs = Integer.parseInt(value(args, ++i));
        default -> folder = Path.of(args[i]);
      }
    }
    if (folder == null || out == null || epochs < 1) {
      throw new IllegalArgumentException(USAGE);
    }
    Images all = Images.mnist(folder);
    School school =
        new School(all.part(0, LESSONS), all.part(LESSONS, all.count())).withShifts(SHIFT);
    double accuracy = train(school, ResNet14.WIDTH, epochs, seed, out);
    System.out.println(String.format(Locale.ROOT, "seed %d: %.2f%%", seed, 100 * accuracy));
  }

  private static String value(String[] args, int index) {
    if (index >= args.length) {
      throw new IllegalArgumentException(args[index - 1] + " lacks its value; " + USAGE);
    }
    return args[index];
  }

  /**
   * Trains a network and writes it.
   *
   * @param width channels of the first stage
   * @param out where, without endings: {@code .onnx} and {@code .params} are added
   * @return the part of the exam that it gets right
   */
  static double train(School school, int width, int epochs, int seed, Path out) {
    try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
      Block block = ResNet14.of(width, manager, seed);
      school.train(block, epochs, RATE, seed);
      DjlNetwork network = DjlNetwork.of(DjlBlock.of(block, SmallResNet.INPUT));
      for (String ending : List.of(".onnx", ".params")) {
        network.save(out.resolveSibling(out.getFileName() + ending));
      }
      return school.accuracy(block);
    }
  }
}
