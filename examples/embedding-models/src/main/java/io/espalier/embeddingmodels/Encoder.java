package io.espalier.embeddingmodels;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.OnnxEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;

/**
 * A sentence encoder in files.
 *
 * @param model an ONNX file
 * @param tokenizer the {@code tokenizer.json} that goes with it
 * @param pooling how the vectors of its tokens become one
 */
record Encoder(Path model, Path tokenizer, PoolingMode pooling) {
  /**
   * What LangChain4j packs.
   *
   * @param resource what the files in its JAR are called, before their endings
   */
  private record Packed(String resource, PoolingMode pooling) {}

  private static final Map<String, Packed> PACKED =
      Map.of(
          "all-minilm-l6-v2", new Packed("all-minilm-l6-v2", PoolingMode.MEAN),
          "bge-small-en-v15", new Packed("bge-small-en-v1.5", PoolingMode.CLS));

  /**
   * Copies one that LangChain4j packs into a folder.
   *
   * @param name as its artifact ends: {@code langchain4j-embeddings-NAME}
   * @throws IllegalArgumentException if there is none of that name, or its JAR is not on the path
   * @throws IOException if it cannot be copied
   */
  static Encoder packed(String name, Path folder) throws IOException {
    Packed packed = PACKED.get(name);
    if (packed == null) {
      throw new IllegalArgumentException(
          "there is no encoder " + name + "; there are " + new TreeSet<>(PACKED.keySet()));
    }
    return new Encoder(
        copy(name, packed.resource() + ".onnx", folder),
        copy(name, packed.resource() + "-tokenizer.json", folder),
        packed.pooling());
  }

  private static Path copy(String name, String resource, Path folder) throws IOException {
    Path file = folder.resolve(resource);
    try (InputStream stream = Encoder.class.getResourceAsStream("/" + resource)) {
      if (stream == null) {
        throw new IllegalArgumentException(
            "the class path lacks "
                + resource
                + "; add dev.langchain4j:langchain4j-embeddings-"
                + name);
      }
      Files.copy(stream, file);
    }
    return file;
  }

  /** The same with another model: tokens and vectors mean what they did. */
  Encoder with(Path other) {
    return new Encoder(other, tokenizer, pooling);
  }

  /** It, run by LangChain4j. */
  EmbeddingModel load() {
    return new OnnxEmbeddingModel(model, tokenizer, pooling);
  }
}
