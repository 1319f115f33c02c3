package io.espalier.cli.fuzz;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.espalier.core.SearchSpace;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;

/** Valid content for each reader, from which a fuzzer starts. */
final class Seeds {
  private Seeds() {}

  /**
   * Writes them into a folder for each reader.
   *
   * @param args the folder
   */
  public static void main(String[] args) throws IOException {
    for (Reader reader : Reader.values()) {
      Path folder = Path.of(args[0], reader.name().toLowerCase(Locale.ROOT));
      Files.createDirectories(folder);
      int number = 0;
      for (byte[] seed : of(reader)) {
        Files.write(folder.resolve("seed-" + number++), seed);
      }
    }
  }

  static List<byte[]> of(Reader reader) throws IOException {
    return switch (reader) {
      case ONNX -> Networks.all().stream().map(ModelProto::toByteArray).toList();
      case ONNX_FIELDS, FUNCTIONS -> decisions();
      case EXTERNAL_DATA -> texts("data.bin\n0\n64\n4\n4", "data.bin\n\n\n4\n2");
      case RULES ->
          texts(
              "{\"nn.Conv2d\": {\"channels_ratio\": [0.5, 1], \"kernel_size\": [1, [3, 3]]}}",
              "{\"nn.Linear\": {\"*\": {\"features_ratio\": null}, \"fc\": null},"
                  + " \"nn.Sequential\": {\"min_depth\": 1}, \"nn.Conv2d\": {\"stem\":"
                  + " {\"channel_divisor\": 2}}}");
      case CONFIG -> texts(drawn().config().toJson(), drawn().configurableConfig().toJson());
      case MANIFEST -> texts(drawn().manifest().toJson());
      case SAVED_SPACE -> {
        SearchSpace sorted = drawn();
        sorted.sortParameters();
        yield texts(sorted.save().toJson());
      }
      case DATA -> data();
    };
  }

  private static SearchSpace drawn() {
    SearchSpace space = Networks.space();
    space.select(space.draw(new Random(3)));
    return space;
  }

  private static List<byte[]> texts(String... texts) {
    return List.of(texts).stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }

  private static List<byte[]> decisions() {
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      byte[] some = new byte[12];
      new Random(i).nextBytes(some);
      some[0] = (byte) i;
      all.add(some);
    }
    return all;
  }

  private static List<byte[]> data() throws IOException {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 2, 2), }";
    String padded = header + " ".repeat(117 - header.length()) + "\n";
    ByteBuffer npy = ByteBuffer.allocate(160);
    npy.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.ISO_8859_1)).put((byte) 1);
    npy.put((byte) 0).put((byte) 118).put((byte) 0);
    npy.put(padded.getBytes(StandardCharsets.ISO_8859_1));
    ByteArrayOutputStream npz = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(npz)) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(npy.array());
    }
    byte[] idx = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8};
    ByteArrayOutputStream gz = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(gz)) {
      zip.write(idx);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY), "png", png);
    byte[] lines =
        "{\"x\": [[[1, 2], [3, 4]]]}\n{\"x\": [[[1.5, 2], [3e2, -4]]]}\n"
            .getBytes(StandardCharsets.UTF_8);
    List<byte[]> contents =
        List.of(npy.array(), npz.toByteArray(), idx, gz.toByteArray(), lines, png.toByteArray());
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < contents.size(); i++) {
      all.add(
          ByteBuffer.allocate(contents.get(i).length + 1)
              .put((byte) i)
              .put(contents.get(i))
              .array());
    }
    return all;
  }
}
