package io.espalier.core.data.formats;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataException;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Samples of which each is an image in a file. */
final class ImageSamples implements Samples {
  private final Path folder;
  private final List<Path> files;
  private final InputSpec input;
  private final ImageTarget target;
  private final PixelValues values;

  ImageSamples(
      Path folder, List<Path> files, InputSpec input, ImageTarget target, PixelValues values) {
    this.folder = folder;
    this.files = List.copyOf(files);
    this.input = input;
    this.target = target;
    this.values = values;
  }

  @Override
  public int count() {
    return files.size();
  }

  @Override
  public String describe(int sample) {
    return ImageFolderSource.name(folder, files.get(sample));
  }

  @Override
  public Batches read(int[] samples, int size) {
    return Batches.of(samples, size, some -> new Batch(some, Map.of(input.name(), array(some))));
  }

  private DataArray array(int[] samples) {
    int channels = target.channels().channels();
    int length = Math.multiplyExact(channels * target.height(), target.width());
    float[] all = new float[Math.multiplyExact(samples.length, length)];
    for (int i = 0; i < samples.length; i++) {
      write(pixels(files.get(samples[i])), all, i * length);
    }
    long[] shape = new long[input.shape().size()];
    Arrays.fill(shape, channels);
    shape[0] = samples.length;
    shape[1 + target.channels().height()] = target.height();
    shape[2 + target.channels().height()] = target.width();
    if (input.type().isFloating()) {
      values.apply(all, Arrays.copyOfRange(shape, 1, shape.length));
      return DataArray.ofFloats(input.type(), all, shape);
    }
    long[] whole = new long[all.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = Math.round(all[i]);
      if (!input.type().holds(whole[i])) {
        throw new DataException(
            "pixels are numbers from 0 to 255, which input " + input + " cannot hold");
      }
    }
    return DataArray.ofLongs(input.type(), whole, shape);
  }

  private Pixels pixels(Path file) {
    Pixels pixels = ImageFile.read(file);
    if (!target.fixed()
        && (pixels.height() != target.height() || pixels.width() != target.width())) {
      throw new DataException(
          file
              + " is "
              + pixels.height()
              + " by "
              + pixels.width()
              + " pixels large, and the first image "
              + target.height()
              + " by "
              + target.width()
              + "; say by --image-size what they are to be brought to");
    }
    Pixels sized = pixels.covering(target.height(), target.width());
    return target.channels().channels() == 1 ? sized.grey() : sized.colours();
  }

  private void write(Pixels pixels, float[] all, int offset) {
    int channels = target.channels().channels();
    boolean last = target.channels().axis() == 2;
    int area = target.height() * target.width();
    for (int c = 0; c < channels; c++) {
      float[] plane = pixels.channels().get(target.reversed() ? channels - 1 - c : c);
      for (int i = 0; i < area; i++) {
        all[offset + (last ? i * channels + c : c * area + i)] = plane[i];
      }
    }
  }
}
