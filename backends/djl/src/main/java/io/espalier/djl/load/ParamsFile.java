package io.espalier.djl.load;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import io.espalier.spi.EspalierException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads {@code .params} files: those that {@link ai.djl.Model#save} writes, and the parameters
 * alone as {@link Block#saveParameters} writes them. They hold no structure, so the block must be
 * there.
 */
public final class ParamsFile {
  private static final byte[] MAGIC = "DJL@".getBytes(StandardCharsets.US_ASCII);

  private final Block block;
  private final Path file;

  private ParamsFile(Block block, Path file) {
    this.block = block;
    this.file = file;
  }

  /**
   * Reads the parameters of a block. If the block is initialized, they must have the shapes it has.
   *
   * @param manager owns the values
   * @throws EspalierException if the file cannot be read, or does not fit the block
   */
  public static void load(Block block, NDManager manager, Path file) {
    new ParamsFile(block, file).load(manager);
  }

  private void load(NDManager manager) {
    Map<Parameter, Shape> before = new HashMap<>();
    for (Parameter parameter : block.getParameters().values()) {
      if (parameter.isInitialized()) {
        before.put(parameter, parameter.getShape());
      }
    }
    try (InputStream stream = Files.newInputStream(file);
        DataInputStream in = new DataInputStream(new BufferedInputStream(stream))) {
      skipHeader(in);
      block.loadParameters(manager, in);
      if (in.read() >= 0) {
        throw unfit("it holds more than the block's parameters");
      }
    } catch (EOFException e) {
      throw unfit("it ends before the block's parameters do");
    } catch (NoSuchFileException e) {
      throw new EspalierException("there is no file " + file, e);
    } catch (MalformedModelException | RuntimeException e) {
      throw e instanceof EspalierException known ? known : unfit(message(e));
    } catch (IOException e) {
      throw new EspalierException(file + " cannot be read: " + message(e), e);
    }
    for (Pair<String, Parameter> pair : block.getParameters()) {
      check(pair.getKey(), pair.getValue(), before);
    }
  }

  private void check(String name, Parameter parameter, Map<Parameter, Shape> before) {
    if (!parameter.isInitialized()) {
      throw unfit("it holds no values of parameter \"" + name + "\"");
    }
    Shape expected = before.getOrDefault(parameter, parameter.getShape());
    if (!parameter.getShape().equals(expected)) {
      throw unfit(
          "parameter \""
              + name
              + "\" has the shape "
              + parameter.getShape()
              + " there, and "
              + expected
              + " in the block");
    }
  }

  /** What a model writes before the parameters: names, types and properties. */
  private static void skipHeader(DataInputStream in) throws IOException {
    in.mark(MAGIC.length);
    if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
      in.reset();
      return;
    }
    in.readInt();
    in.readUTF();
    in.readUTF();
    int inputs = in.readInt();
    for (int i = 0; i < inputs; i++) {
      in.readUTF();
      Shape.decode(in);
    }
    int properties = in.readInt();
    for (int i = 0; i < properties; i++) {
      in.readUTF();
      in.readUTF();
    }
  }

  private EspalierException unfit(String why) {
    return new EspalierException(
        file
            + " does not fit block "
            + block.getClass().getName()
            + ": "
            + why
            + "; give the file that was saved from this block");
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
