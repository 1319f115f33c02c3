package io.espalier.core.data.formats;

import com.google.auto.service.AutoService;
import io.espalier.core.data.DataOption;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSource;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An array in NumPy's format, for a network with one input. */
@AutoService(DataSource.class)
public final class NpySource implements DataSource {
  @Override
  public String name() {
    return "npy";
  }

  @Override
  public String reads() {
    return "a .npy file";
  }

  @Override
  public boolean accepts(String location) {
    return DataFiles.ends(location, ".npy") && !DataFiles.isFolder(location);
  }

  @Override
  public List<DataOption> options() {
    return PixelValues.options();
  }

  @Override
  public Samples open(DataRequest request) {
    Path file = DataFiles.file(request.location());
    InputSpec input = DataFiles.onlyInput(request, reads());
    return new ArraySamples(
        List.of(
            ArrayInput.of(array(request.location(), file), input, PixelValues.of(request, input))));
  }

  /** The array in a file. */
  static StoredArray array(String what, Path file) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      NpyHeader header = NpyHeader.read(what, in);
      StoredArray array =
          new StoredArray(
              what,
              header.format(),
              header.shape(),
              header.fortran(),
              () -> skipped(Files.newInputStream(file), header.length()));
      array.requireBytes(Files.size(file) - header.length());
      return array;
    } catch (IOException e) {
      throw DataFiles.unreadable(what, e);
    }
  }

  /** A stream behind so many bytes; closed if they are not there. */
  static InputStream skipped(InputStream in, long bytes) throws IOException {
    try {
      in.skipNBytes(bytes);
      return in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
