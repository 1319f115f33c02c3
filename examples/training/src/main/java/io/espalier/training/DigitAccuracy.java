package io.espalier.training;

import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** How many digits ONNX files tell right, in ONNX Runtime. */
public final class DigitAccuracy {
  private static final int BATCH = 100;
  private static final int EXAM = 2000;
  private static final String USAGE =
      "give the folder of MNIST, ONNX files, and options: --last N images (2000); --mean M and"
          + " --deviation D of pixels from 0 to 1 (0 and 1)";

  private DigitAccuracy() {}

  /**
   * Prints the accuracy of files on the last images of the MNIST test set.
   *
   * <p>Expects the folder that holds images and labels, then ONNX files; {@code --last} and how
   * many images, {@code --mean} and {@code --deviation} and what pixels are normalised by.
   */
  public static void main(String[] args) throws IOException {
    List<Path> files = new ArrayList<>();
    int last = EXAM;
    float mean = 0;
    float deviation = 1;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--last" -> last = Integer.parseInt(value(args, ++i));
        case "--mean" -> mean = Float.parseFloat(value(args, ++i));
        case "--deviation" -> deviation = Float.parseFloat(value(args, ++i));
        default -> files.add(Path.of(args[i]));
      }
    }
    if (files.size() < 2 || last < 1) {
      throw new IllegalArgumentException(USAGE);
    }
    Images all = Images.mnist(files.get(0));
    Images exam =
        all.part(Math.max(0, all.count() - last), all.count()).normalised(mean, deviation);
    for (Path file : files.subList(1, files.size())) {
      System.out.println(String.format(Locale.ROOT, "%.2f%%  %s", 100 * of(file, exam), file));
    }
  }

  private static String value(String[] args, int index) {
    if (index >= args.length) {
      throw new IllegalArgumentException(args[index - 1] + " lacks its value; " + USAGE);
    }
    return args[index];
  }

  /**
   * The part of images that a model tells right.
   *
   * @param model its first input takes images, of shape (batch, 1, 28, 28); its first output gives
   *     a score for each digit
   * @throws io.espalier.onnx.runtime.OnnxRunException if it does not run on these
   */
  public static double of(Path model, Images exam) {
    int right = 0;
    try (OnnxSession session = OnnxSession.open(model, SessionSettings.plain())) {
      String input = session.inputSpecs().get(0).name();
      String output = session.outputSpecs().get(0).name();
      for (int from = 0; from < exam.count(); from += BATCH) {
        Images part = exam.part(from, Math.min(from + BATCH, exam.count()));
        Tensor images = Tensor.ofFloats(part.pixels(), part.count(), 1, Digits.SIZE, Digits.SIZE);
        float[] scores =
            Objects.requireNonNull(session.run(Map.of(input, images)).get(output)).floats();
        for (int i = 0; i < part.count(); i++) {
          right += best(scores, i) == part.label(i) ? 1 : 0;
        }
      }
    }
    return (double) right / exam.count();
  }

  /** The digit with the highest score, or -1 where no score is a number. */
  private static int best(float[] scores, int image) {
    int best = -1;
    for (int digit = 0; digit < Digits.CLASSES; digit++) {
      float score = scores[image * Digits.CLASSES + digit];
      if (!Float.isNaN(score) && (best < 0 || score > scores[image * Digits.CLASSES + best])) {
        best = digit;
      }
    }
    return best;
  }
}
