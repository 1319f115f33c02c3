package io.espalier.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whoever does what the documents say gets what they promise. */
class DocumentsTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:\\s]*)(?:#([^)]*))?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Pattern FENCE = Pattern.compile("(?m)^ *```");

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicContainer> everyBlockRuns() throws IOException {
    return documents().stream().map(this::container);
  }

  private DynamicContainer container(Path document) {
    String name = ROOT.relativize(document).toString();
    List<DynamicTest> tests = new ArrayList<>();
    try {
      Path own = Files.createDirectories(folder.resolve(name.replace('/', '-')));
      OnnxNetwork.of(SampleNetworks.thinResnet(), "a ResNet").save(own.resolve("model.onnx"));
      writeImages(own.resolve("images.npy"), 40);
      OnnxNetwork.of(encoder(), "an encoder").save(own.resolve("encoder.onnx"));
      Files.writeString(own.resolve("ids.jsonl"), "{\"ids\": [101, 7, 30000, 102]}\n".repeat(20));
      Reader reader = new Reader(own);
      for (CodeBlock block : CodeBlock.of(Files.readString(document))) {
        tests.add(
            DynamicTest.dynamicTest(
                name + ":" + block.line() + " " + block.language(), () -> reader.follow(block)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return DynamicContainer.dynamicContainer(name, tests);
  }

  /** Four tokens of a large vocabulary, each turned into three numbers. */
  private static OnnxModel encoder() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("encoder", 17, 1);
    String ids = b.typedInput("ids", DataTypes.INT64, "N", 4);
    String y = b.node("Gather", "embed", List.of(b.weights("table", 30_522, 8), ids));
    y = b.node("MatMul", "head", List.of(y, b.weights("w", 8, 3)));
    return b.output("y", y, "N", 4, 3).build();
  }

  /** Seeded images of 3 x 32 x 32, in version 1 of the format of NumPy. */
  private static void writeImages(Path file, int count) throws IOException {
    String header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + count + ", 3, 32, 32)}\n";
    int numbers = count * 3 * 32 * 32;
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + header.length() + numbers * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) 1).put((byte) 0).putShort((short) header.length());
    bytes.put(header.getBytes(StandardCharsets.US_ASCII));
    Random random = new Random(0);
    for (int i = 0; i < numbers; i++) {
      bytes.putFloat((float) random.nextGaussian());
    }
    Files.write(file, bytes.array());
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<Path> all = new ArrayList<>(documents());
    for (String folder : List.of("docs/adr", "examples")) {
      try (Stream<Path> files = Files.find(ROOT.resolve(folder), 2, DocumentsTest::isText)) {
        files.sorted().forEach(all::add);
      }
    }
    for (Path document : all) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        Path target = link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1));
        assertTrue(Files.exists(target), document + " links to " + link.group(1));
        String heading = link.group(2);
        assertTrue(
            heading == null || headings(target).contains(heading),
            () -> document + " links to #" + heading + " of " + target);
      }
    }
  }

  private static boolean isText(Path file, BasicFileAttributes attributes) {
    return attributes.isRegularFile() && file.toString().endsWith(".md");
  }

  /** The headings of a document, as links name them. */
  private static Set<String> headings(Path document) throws IOException {
    return HEADING
        .matcher(Files.readString(document))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  /** A block that says no language, or stands further right, would not be run. */
  @Test
  void everyBlockIsFound() throws IOException {
    for (Path document : documents()) {
      String text = Files.readString(document);
      assertEquals(
          FENCE.matcher(text).results().count(),
          2L * CodeBlock.of(text).size(),
          document.toString());
    }
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
    }
    return documents;
  }
}
