package io.espalier.core.data.formats;

import com.google.auto.service.AutoService;
import io.espalier.core.data.DataException;
import io.espalier.core.data.DataOption;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSource;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Images of a folder and the folders in it, in the order of their paths. Hidden files and those
 * that are plainly no images, such as lists of labels, are left out; any other must be an image.
 */
@AutoService(DataSource.class)
public final class ImageFolderSource implements DataSource {
  static final DataOption SIZE =
      new DataOption(
          "image-size",
          "SIZE",
          "Height and width that images are brought to, as in 224 or 240x320 (default: as the model"
              + " says).");
  static final DataOption ORDER =
      new DataOption(
          "image-order", "RGB|BGR", "The order of the channels of the model (default: RGB).");

  private static final String[] OTHERS = {
    ".txt", ".json", ".jsonl", ".csv", ".tsv", ".md", ".xml", ".html", ".yaml", ".yml", ".npy",
    ".npz", ".db", ".ini"
  };

  @Override
  public String name() {
    return "images";
  }

  @Override
  public String reads() {
    return "a folder of images";
  }

  @Override
  public boolean accepts(String location) {
    return DataFiles.isFolder(location);
  }

  @Override
  public List<DataOption> options() {
    return List.of(SIZE, PixelValues.SCALE, PixelValues.MEAN, PixelValues.STD, ORDER);
  }

  @Override
  public Samples open(DataRequest request) {
    Path folder = Path.of(request.location());
    List<Path> files = files(folder);
    if (files.isEmpty()) {
      throw new DataException("there are no images in " + folder + "; name a folder with some");
    }
    InputSpec input = DataFiles.onlyInput(request, reads());
    ImageTarget target = ImageTarget.of(request, input, files.get(0));
    files.forEach(ImageFile::requireImage);
    return new ImageSamples(folder, files, input, target, PixelValues.of(request, input));
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> isVisible(folder.relativize(file)))
          .filter(file -> !DataFiles.ends(file.toString(), OTHERS))
          .sorted(Comparator.comparing(file -> name(folder, file)))
          .toList();
    } catch (IOException e) {
      throw DataFiles.unreadable(folder, e);
    } catch (UncheckedIOException e) {
      throw DataFiles.unreadable(folder, new IOException(e.getMessage(), e));
    }
  }

  private static boolean isVisible(Path file) {
    for (Path part : file) {
      if (part.toString().startsWith(".")) {
        return false;
      }
    }
    return true;
  }

  /** The path within a folder, the same on every system. */
  static String name(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }
}
