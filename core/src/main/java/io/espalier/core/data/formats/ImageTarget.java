package io.espalier.core.data.formats;

import io.espalier.core.data.DataException;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.InputSpec;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What an image is made into.
 *
 * @param height rows of pixels
 * @param width columns of pixels
 * @param channels where its channels are, and how many; 1 for grey, 3 for colours
 * @param reversed whether blue comes first
 * @param fixed whether images of other sizes are brought to this one
 */
record ImageTarget(int height, int width, ChannelAxis channels, boolean reversed, boolean fixed) {
  /** More than any network reads; a guard against sizes that are mistyped. */
  private static final int LARGEST = 1 << 14;

  /**
   * What images are made into for an input.
   *
   * @param first the first image, whose size counts where neither the input nor the user says one
   * @throws DataException if the input does not read images, or the user says otherwise
   */
  static ImageTarget of(DataRequest request, InputSpec input, Path first) {
    ChannelAxis channels = ChannelAxis.of(input);
    if (channels.channels() != 1 && channels.channels() != 3) {
      throw new DataException(
          "input "
              + input
              + " reads "
              + channels.channels()
              + " channels, which no image has; it takes 1 for grey or 3 for colours");
    }
    long height = input.sampleShape().get(channels.height());
    long width = input.sampleShape().get(channels.height() + 1);
    int[] asked = size(request);
    if (asked.length > 0) {
      if ((height > 0 && height != asked[0]) || (width > 0 && width != asked[1])) {
        throw new DataException(
            "--image-size "
                + asked[0]
                + "x"
                + asked[1]
                + " does not fit input "
                + input
                + "; leave it out");
      }
      height = asked[0];
      width = asked[1];
    }
    boolean fixed = height > 0 && width > 0;
    if (!fixed) {
      ImageFile.Size size = ImageFile.requireImage(first);
      height = height > 0 ? height : size.height();
      width = width > 0 ? width : size.width();
    }
    if (height > LARGEST || width > LARGEST) {
      throw new DataException("input " + input + " reads larger images than can be made");
    }
    return new ImageTarget((int) height, (int) width, channels, reversed(request), fixed);
  }

  private static int[] size(DataRequest request) {
    String text = request.options().get(ImageFolderSource.SIZE.name());
    if (text == null) {
      return new int[0];
    }
    if (!text.matches("[1-9][0-9]{0,4}(x[1-9][0-9]{0,4})?")) {
      throw new DataException(
          "--image-size is \""
              + text
              + "\", and must be a size such as 224, or height x width as in"
              + " 240x320");
    }
    String[] parts = text.split("x", -1);
    int height = Integer.parseInt(parts[0]);
    return new int[] {height, parts.length == 1 ? height : Integer.parseInt(parts[1])};
  }

  private static boolean reversed(DataRequest request) {
    String text = request.options().getOrDefault(ImageFolderSource.ORDER.name(), "RGB");
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "RGB" -> false;
      case "BGR" -> true;
      default -> throw new DataException("--image-order is \"" + text + "\"; write RGB or BGR");
    };
  }
}
