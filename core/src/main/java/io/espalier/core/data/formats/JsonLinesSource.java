package io.espalier.core.data.formats;

import com.google.auto.service.AutoService;
import io.espalier.core.data.DataException;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSource;
import io.espalier.core.data.Samples;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lines of JSON: an object a sample, with nested lists of numbers by the names of the inputs. */
@AutoService(DataSource.class)
public final class JsonLinesSource implements DataSource {
  private static final int BUFFER = 1 << 16;
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  @Override
  public String name() {
    return "jsonl";
  }

  @Override
  public String reads() {
    return "a .jsonl file";
  }

  @Override
  public boolean accepts(String location) {
    return DataFiles.ends(location, ".jsonl", ".ndjson") && !DataFiles.isFolder(location);
  }

  @Override
  public Samples open(DataRequest request) {
    Path file = DataFiles.file(request.location());
    List<JsonLineSamples.Line> lines = lines(request.location(), file);
    if (lines.isEmpty()) {
      throw new DataException(request.location() + " holds no samples; give an object a line");
    }
    return new JsonLineSamples(request.location(), file, lines, request.inputs());
  }

  /** Where each line begins and ends; empty lines are none. */
  private static List<JsonLineSamples.Line> lines(String location, Path file) {
    List<JsonLineSamples.Line> lines = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
      long start = 0;
      long at = 0;
      int number = 1;
      boolean blank = true;
      for (int c = in.read(); ; c = in.read(), at++) {
        if (c == '\n' || c < 0) {
          if (!blank) {
            if (at - start > Integer.MAX_VALUE - 8) {
              throw new DataException(
                  location + ", line " + number + " is longer than 2 GB; write a sample a line");
            }
            lines.add(new JsonLineSamples.Line(number, start, (int) (at - start)));
          }
          if (c < 0) {
            return lines;
          }
          start = at + 1;
          number++;
          blank = true;
        } else if (at < MARK.length && (byte) c == MARK[(int) at] && start == at) {
          start = at + 1; // what some editors write at the beginning of a file
        } else {
          blank &= c == ' ' || c == '\t' || c == '\r';
        }
      }
    } catch (IOException e) {
      throw DataFiles.unreadable(location, e);
    }
  }
}
