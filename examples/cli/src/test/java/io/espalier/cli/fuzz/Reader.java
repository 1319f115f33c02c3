package io.espalier.cli.fuzz;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.core.SavedSpace;
import io.espalier.core.SearchSpace;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSources;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Config;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.TracedModel;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Verifier;
import io.espalier.onnx.verify.VerifyOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Everything that reads what a user gives. It returns, or throws what is meant for the user; all
 * else is a fault.
 */
enum Reader {
  /** An ONNX file: opened, analysed, and one sub-network cut from it. */
  ONNX {
    @Override
    void read(byte[] content, Path folder) throws IOException {
      SearchSpace space = Networks.SPACES.generate(content, Rules.everything());
      space.size();
      space.frozen();
      space.macs();
      space.select(space.draw(new Random(1)));
      TracedModel carved = space.export();
      space.manifest().toJson();
      ((OnnxNetwork) carved).save(new ByteArrayOutputStream());
    }
  },

  /** The same of a valid file with single fields changed. */
  ONNX_FIELDS {
    @Override
    byte[] content(byte[] input) {
      List<ModelProto> networks = Networks.all();
      ModelProto network = networks.get(input.length == 0 ? 0 : (input[0] & 0xff) % 4);
      return Spoiler.spoil(network, tail(input)).toByteArray();
    }

    @Override
    void read(byte[] content, Path folder) throws IOException {
      ONNX.read(content, folder);
    }
  },

  /** The same of a file with functions. */
  FUNCTIONS {
    @Override
    byte[] content(byte[] input) {
      return Spoiler.spoil(Networks.functions(), input).toByteArray();
    }

    @Override
    void read(byte[] content, Path folder) throws IOException {
      ONNX.read(content, folder);
    }
  },

  /** Where a model says that its data are: lines of location, offset, length and dimensions. */
  EXTERNAL_DATA {
    @Override
    void read(byte[] content, Path folder) throws IOException {
      Files.write(folder.resolve("data.bin"), new byte[64]);
      String[] lines = new String(content, StandardCharsets.UTF_8).split("\n", -1);
      TensorProto.Builder tensor =
          TensorProto.newBuilder().setName("w").setDataType(TensorProto.DataType.FLOAT_VALUE);
      tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL);
      String[] keys = {"location", "offset", "length"};
      for (int i = 0; i < keys.length && i < lines.length; i++) {
        if (!lines[i].isEmpty()) {
          tensor.addExternalData(
              StringStringEntryProto.newBuilder().setKey(keys[i]).setValue(lines[i]));
        }
      }
      for (int i = keys.length; i < lines.length; i++) {
        tensor.addDims(number(lines[i]));
      }
      OnnxGraphBuilder graph = new OnnxGraphBuilder("external", 17);
      String x = graph.input("x", 1, 4);
      String w = graph.initializer(tensor.build());
      graph.output("y", graph.node("MatMul", "/m", List.of(x, w)));
      Path file = folder.resolve("m.onnx");
      Files.write(file, graph.toProto().toByteArray());
      SearchSpace space = Networks.SPACES.generate(file, Rules.everything());
      space.export().save(folder.resolve("out.onnx"));
      OnnxModel.read(file).fingerprint();
    }
  },

  /** Rules. */
  RULES {
    @Override
    void read(byte[] content, Path folder) throws IOException {
      Networks.space().generate(Rules.read(file(content, folder, "r.json")));
    }
  },

  /** A config. */
  CONFIG {
    @Override
    void read(byte[] content, Path folder) throws IOException {
      SearchSpace space = Networks.space();
      space.select(Config.read(file(content, folder, "c.json")));
      space.export();
    }
  },

  /** A manifest, which says how a file is verified. */
  MANIFEST {
    @Override
    void read(byte[] content, Path folder) throws IOException {
      Manifest manifest = Manifest.read(file(content, folder, "m.json"));
      OnnxModel original = OnnxModel.of(Networks.convolutions());
      Verifier.verify(original, original, manifest, VerifyOptions.defaults().withRuns(1));
    }
  },

  /** A saved space. */
  SAVED_SPACE {
    @Override
    void read(byte[] content, Path folder) throws IOException {
      SavedSpace saved = SavedSpace.read(file(content, folder, "s.json"));
      Networks.SPACES.restore(Networks.TRACED, saved).export();
    }
  },

  /** Data of any format: the first byte says which. */
  DATA {
    @Override
    void read(byte[] content, Path folder) throws IOException {
      int format = content.length == 0 ? 0 : (content[0] & 0xff) % ENDINGS.size();
      Path file = folder.resolve("data" + ENDINGS.get(format));
      Path images = folder.resolve("images");
      Path location = file;
      if (ENDINGS.get(format).equals(".png")) {
        Files.createDirectories(images);
        file = images.resolve("a.png");
        location = images;
      }
      Files.write(file, tail(content));
      InputSpec input = InputSpec.of("x", ElementType.FLOAT32, -1L, 1L, 2L, 2L);
      try {
        Samples samples =
            DataSources.discover(Reader.class.getClassLoader())
                .open(DataRequest.of(location.toString(), List.of(input)));
        int[] some = SampleDraw.all(Math.min(samples.count(), 100));
        try (Samples.Batches batches = samples.read(some, 3)) {
          while (batches.next().isPresent()) {}
        }
      } finally {
        Files.delete(file);
      }
    }
  };

  static final List<String> ENDINGS =
      List.of(".npy", ".npz", ".idx3-ubyte", ".idx3-ubyte.gz", ".jsonl", ".png");

  /**
   * What the reader is given.
   *
   * @param input what a fuzzer made up
   */
  byte[] content(byte[] input) {
    return input;
  }

  /**
   * Reads and uses what was read.
   *
   * @param folder where files may be written; empty
   */
  abstract void read(byte[] content, Path folder) throws IOException;

  private static byte[] tail(byte[] bytes) {
    return bytes.length == 0 ? bytes : Arrays.copyOfRange(bytes, 1, bytes.length);
  }

  private static Path file(byte[] content, Path folder, String name) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      return text.length();
    }
  }
}
