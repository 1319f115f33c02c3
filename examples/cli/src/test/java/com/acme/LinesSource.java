package com.acme;

import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.DataException;
import io.espalier.core.data.DataOption;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSource;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A stranger's source: lines of text as ids of their letters. */
public final class LinesSource implements DataSource {
  @Override
  public String name() {
    return "lines";
  }

  @Override
  public String reads() {
    return "a .txt file";
  }

  @Override
  public boolean accepts(String location) {
    return location.endsWith(".txt");
  }

  @Override
  public List<DataOption> options() {
    return List.of(
        new DataOption("alphabet", "LETTERS", "The letters, in the order of their ids."));
  }

  @Override
  public Samples open(DataRequest request) {
    String alphabet = request.options().get("alphabet");
    if (alphabet == null) {
      throw new DataException(request.location() + " is text; give --alphabet LETTERS");
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(Path.of(request.location()));
    } catch (IOException e) {
      throw new DataException(request.location() + " cannot be read", e);
    }
    return new Samples() {
      @Override
      public int count() {
        return lines.size();
      }

      @Override
      public Batches read(int[] samples, int size) {
        return new Batches() {
          private int next;

          @Override
          public Optional<Batch> next() {
            if (next == samples.length) {
              return Optional.empty();
            }
            int sample = samples[next++];
            String line = lines.get(sample);
            long[] ids = line.chars().mapToLong(alphabet::indexOf).toArray();
            Map<String, DataArray> arrays = new LinkedHashMap<>();
            for (InputSpec input : request.inputs()) {
              arrays.put(input.name(), DataArray.ofLongs(input.type(), ids, 1, ids.length));
            }
            return Optional.of(new Batch(new int[] {sample}, arrays));
          }

          @Override
          public void close() {}
        };
      }
    };
  }
}
