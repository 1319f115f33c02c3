package io.espalier.core.data.formats;

import io.espalier.core.data.DataException;
import io.espalier.core.data.DataOption;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.InputSpec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How numbers of pixels become what a network was trained on: {@code (pixel x scale - mean) / std},
 * with a mean and a standard deviation for each channel, or one for all.
 */
final class PixelValues {
  static final DataOption SCALE =
      new DataOption(
          "image-scale",
          "NUMBER",
          "What pixels are multiplied by, as in 1/255 (default: 1, which leaves them at 0 to"
              + " 255).");
  static final DataOption MEAN =
      new DataOption(
          "image-mean",
          "NUMBER[,NUMBER...]",
          "What is subtracted from scaled pixels: a number, or one for each channel.");
  static final DataOption STD =
      new DataOption(
          "image-std",
          "NUMBER[,NUMBER...]",
          "What pixels are then divided by: a number, or one for each channel.");

  private final double scale;
  private final double[] mean;
  private final double[] std;

  private PixelValues(double scale, double[] mean, double[] std) {
    this.scale = scale;
    this.mean = mean;
    this.std = std;
  }

  static List<DataOption> options() {
    return List.of(SCALE, MEAN, STD);
  }

  /** Leaves numbers as they are. */
  static PixelValues unchanged() {
    return new PixelValues(1, new double[] {0}, new double[] {1});
  }

  /**
   * What a user said of pixels.
   *
   * @throws DataException if that is no number, or no number of channels that the input could have
   */
  static PixelValues of(DataRequest request, InputSpec input) {
    if (options().stream().noneMatch(option -> request.options().containsKey(option.name()))) {
      return unchanged();
    }
    if (!input.type().isFloating()) {
      throw new DataException(
          "input "
              + input
              + " reads whole numbers, which pixels are already; leave out --image-scale,"
              + " --image-mean and --image-std");
    }
    PixelValues values =
        new PixelValues(
            numbers(request, SCALE, 1)[0], numbers(request, MEAN, 0), numbers(request, STD, 1));
    if (numbers(request, SCALE, 1).length > 1) {
      throw wrong(request, SCALE, "one number");
    }
    if (Arrays.stream(values.std).anyMatch(number -> !(number > 0))) {
      throw wrong(request, STD, "numbers above 0");
    }
    if (values.channels() > 1) {
      ChannelAxis axis = ChannelAxis.of(input);
      if (axis.channels() != values.channels()) {
        throw new DataException(
            "--image-mean and --image-std give "
                + values.channels()
                + " channels, and input "
                + input
                + " has "
                + axis.channels()
                + "; give one number, or one for each channel");
      }
    }
    return values;
  }

  private int channels() {
    if (mean.length > 1 && std.length > 1 && mean.length != std.length) {
      throw new DataException(
          "--image-mean gives "
              + mean.length
              + " channels, and --image-std "
              + std.length
              + "; give equally many");
    }
    return Math.max(mean.length, std.length);
  }

  private static double[] numbers(DataRequest request, DataOption option, double otherwise) {
    String text = request.options().get(option.name());
    if (text == null) {
      return new double[] {otherwise};
    }
    try {
      double[] numbers =
          Arrays.stream(text.split(",", -1)).mapToDouble(PixelValues::number).toArray();
      if (Arrays.stream(numbers).allMatch(Double::isFinite)) {
        return numbers;
      }
    } catch (NumberFormatException e) {
      throw wrong(request, option, e);
    }
    throw wrong(request, option, "finite numbers");
  }

  /** {@code 0.5}, or {@code 1/255}. */
  private static double number(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? Double.parseDouble(text)
        : Double.parseDouble(text.substring(0, slash))
            / Double.parseDouble(text.substring(slash + 1));
  }

  private static DataException wrong(DataRequest request, DataOption option, String due) {
    return wrong(request, option, due, null);
  }

  private static DataException wrong(
      DataRequest request, DataOption option, NumberFormatException e) {
    return wrong(request, option, "numbers with commas between them", e);
  }

  private static DataException wrong(
      DataRequest request, DataOption option, String due, @Nullable Exception e) {
    String message =
        "--"
            + option.name()
            + " is \""
            + request.options().get(option.name())
            + "\", and must be "
            + due
            + ", as in --image-scale 1/255 --image-mean 0.485,0.456,0.406 --image-std"
            + " 0.229,0.224,0.225";
    return e == null ? new DataException(message) : new DataException(message, e);
  }

  /**
   * Changes pixels in place.
   *
   * @param values samples, one after the other
   * @param sampleShape the shape of one of them, as the input reads it
   */
  void apply(float[] values, long[] sampleShape) {
    if (scale == 1 && mean.length == 1 && mean[0] == 0 && std.length == 1 && std[0] == 1) {
      return;
    }
    int channels = channels();
    int inner = channels == 1 ? 1 : ChannelAxis.of(Fit.list(sampleShape)).inner(sampleShape);
    for (int i = 0; i < values.length; i++) {
      int channel = channels == 1 ? 0 : i / inner % channels;
      double shift = mean[mean.length == 1 ? 0 : channel];
      double divisor = std[std.length == 1 ? 0 : channel];
      values[i] = (float) ((values[i] * scale - shift) / divisor);
    }
  }
}
