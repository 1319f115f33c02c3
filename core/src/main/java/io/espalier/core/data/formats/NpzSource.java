package io.espalier.core.data.formats;

import com.google.auto.service.AutoService;
import io.espalier.core.data.DataException;
import io.espalier.core.data.DataOption;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSource;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import io.espalier.core.rules.Names;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Arrays in NumPy's archive, stored or deflated, by the names of the inputs. */
@AutoService(DataSource.class)
public final class NpzSource implements DataSource {
  private static final String ENDING = ".npy";

  @Override
  public String name() {
    return "npz";
  }

  @Override
  public String reads() {
    return "a .npz file";
  }

  @Override
  public boolean accepts(String location) {
    return DataFiles.ends(location, ".npz") && !DataFiles.isFolder(location);
  }

  @Override
  public List<DataOption> options() {
    return PixelValues.options();
  }

  @Override
  public Samples open(DataRequest request) {
    Path file = DataFiles.file(request.location());
    List<ArrayInput> inputs = new ArrayList<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Set<String> names = new TreeSet<>();
      zip.stream().forEach(entry -> names.add(entry.getName().replaceFirst("\\.npy$", "")));
      for (InputSpec input : request.inputs()) {
        ZipEntry entry = zip.getEntry(input.name() + ENDING);
        if (entry == null) {
          throw new DataException(
              request.location()
                  + " has no array '"
                  + input.name()
                  + "' for input "
                  + input
                  + Names.hint(input.name(), "arrays", names));
        }
        inputs.add(
            ArrayInput.of(
                array(request.location(), file, zip, entry), input, pixels(request, input)));
      }
    } catch (ZipException e) {
      throw new DataException(
          request.location() + " is no whole .npz archive: " + e.getMessage() + "; write it anew",
          e);
    } catch (IOException | IllegalArgumentException e) {
      // a name of an entry that is no text is an illegal argument
      throw DataFiles.unreadable(
          request.location(), e instanceof IOException io ? io : new IOException(e));
    }
    return new ArraySamples(inputs);
  }

  /** Only what can be an image is changed as pixels are. */
  private static PixelValues pixels(DataRequest request, InputSpec input) {
    boolean image =
        request.inputs().size() == 1 || (input.type().isFloating() && input.shape().size() >= 3);
    return image ? PixelValues.of(request, input) : PixelValues.unchanged();
  }

  private static StoredArray array(String location, Path file, ZipFile zip, ZipEntry entry)
      throws IOException {
    String what = location + ", array '" + entry.getName().replaceFirst("\\.npy$", "") + "'";
    try (InputStream in = zip.getInputStream(entry)) {
      NpyHeader header = NpyHeader.read(what, in);
      StoredArray array =
          new StoredArray(
              what,
              header.format(),
              header.shape(),
              header.fortran(),
              () -> content(file, entry.getName(), header.length()));
      if (entry.getSize() >= 0) {
        array.requireBytes(entry.getSize() - header.length());
      }
      array.requireCompressed(entry.getCompressedSize());
      return array;
    }
  }

  private static InputStream content(Path file, String entry, int header) throws IOException {
    ZipFile zip = new ZipFile(file.toFile());
    try {
      InputStream in = zip.getInputStream(zip.getEntry(entry));
      return new FilterInputStream(NpySource.skipped(in, header)) {
        @Override
        public void close() throws IOException {
          zip.close();
        }
      };
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }
}
