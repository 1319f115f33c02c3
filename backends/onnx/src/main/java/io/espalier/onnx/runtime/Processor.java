package io.espalier.onnx.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The processor that this runs on, as far as it can be told. */
final class Processor {
  private static final Path LINUX = Path.of("/proc/cpuinfo");

  /** What kernels are chosen by, the best first. */
  private static final List<String> VECTORS = List.of("avx512f", "avx2", "avx", "asimd");

  private Processor() {}

  /** Its name, and what tells its kind from others. */
  static String name() {
    try {
      return name(Files.readString(LINUX));
    } catch (IOException e) {
      return elsewhere();
    }
  }

  private static String elsewhere() {
    @Nullable String known = System.getenv("PROCESSOR_IDENTIFIER");
    return known == null ? System.getProperty("os.arch", "an unknown processor") : known;
  }

  /** The name in what Linux says of processors: {@code AMD EPYC (family 25, model 1, avx2)}. */
  static String name(String said) {
    Map<String, String> fields = new HashMap<>();
    for (String line : said.split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.putIfAbsent(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    List<String> kind = new ArrayList<>();
    if (fields.containsKey("cpu family")) {
      kind.add("family " + fields.get("cpu family"));
    }
    if (fields.containsKey("model")) {
      kind.add("model " + fields.get("model"));
    }
    String flags = fields.getOrDefault("flags", fields.getOrDefault("Features", ""));
    List<String> known = Arrays.asList(flags.split(" ", -1));
    VECTORS.stream().filter(known::contains).findFirst().ifPresent(kind::add);
    String name = fields.getOrDefault("model name", elsewhere());
    return kind.isEmpty() ? name : name + " (" + String.join(", ", kind) + ")";
  }
}
