import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.netty.channel.Channel;
import java.util.List;
import org.h2.mvstore.MVStore;

/** A MongoDB-protocol server for tests: `Launcher PORT [FILE]`, 0 for a free port; with FILE every write is on disk before its answer. */
class Launcher {
  /** What the current driver asks for at least. */
  record Mongo44(List<Integer> getVersionArray, int getWireVersion) implements MongoVersion {}

  private static final Object LOCK = new Object();
  private static final List<String> WRITES =
      List.of("insert", "update", "delete", "findAndModify", "createIndexes", "drop", "dropDatabase");

  static Document greeting(Document query, Document answer) {
    if (answer != null && answer.containsKey("maxWireVersion")) {
      answer.put("logicalSessionTimeoutMinutes", 30);
      if (query.containsKey("hello")) answer.put("isWritablePrimary", true);
    }
    return answer;
  }

  static String known(String command) {
    return command.equals("hello") ? "ismaster" : command;
  }

  public static void main(String[] args) throws Exception {
    MongoBackend backend = args.length > 1 ? onDisk(args[1]) : inMemory();
    backend.version(new Mongo44(List.of(4, 4, 0), 9));
    var server = new MongoServer(backend);
    server.bind("127.0.0.1", Integer.parseInt(args[0]));
    System.out.println("ready " + server.getConnectionString());
    Thread.currentThread().join();
  }

  static MongoBackend inMemory() {
    return new MemoryBackend() {
      @Override public Document handleCommand(Channel channel, String db, String command, Document query) {
        return greeting(query, super.handleCommand(channel, db, known(command), query));
      }
      @Override public Document handleMessage(MongoMessage message) {
        synchronized (LOCK) { // live documents are encoded later: clone under the lock
          var answer = greeting(message.getDocument(), super.handleMessage(message));
          return answer == null ? null : answer.cloneDeeply();
        }
      }
    };
  }

  static MongoBackend onDisk(String file) {
    var store = new MVStore.Builder().fileName(file).autoCommitDisabled().open();
    return new H2Backend(store) {
      @Override public Document handleCommand(Channel channel, String db, String command, Document query) {
        return greeting(query, super.handleCommand(channel, db, known(command), query));
      }
      @Override public Document handleMessage(MongoMessage message) {
        synchronized (LOCK) {
          var answer = greeting(message.getDocument(), super.handleMessage(message));
          if (WRITES.stream().anyMatch(message.getDocument()::containsKey)) store.commit();
          return answer == null ? null : answer.cloneDeeply();
        }
      }
    };
  }
}
