package story;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.regex.Pattern;

/** Asserts that a value is as the table says. */
final class Expect {
    private Expect() {}

    static void that(JsonElement actual, JsonElement expected) {
        that(actual, expected, "outcome");
    }

    private static void that(JsonElement actual, JsonElement expected, String path) {
        var place = path + ": " + actual;
        if (expected instanceof JsonObject object && object.has("$matches")) {
            var pattern = Pattern.compile(object.get("$matches").getAsString());
            assertTrue(actual instanceof JsonPrimitive text && pattern.matcher(text.getAsString()).find(), place);
        } else if (expected instanceof JsonObject object) {
            assertTrue(actual instanceof JsonObject, place);
            object.asMap().forEach((key, each) -> that(actual.getAsJsonObject().get(key), each, path + "." + key));
        } else if (expected instanceof JsonArray list) {
            assertTrue(actual instanceof JsonArray array && array.size() == list.size(), place);
            for (var i = 0; i < list.size(); i++) {
                that(actual.getAsJsonArray().get(i), list.get(i), path + "[" + i + "]");
            }
        } else {
            assertEquals(expected, actual == null ? JsonNull.INSTANCE : actual, place);
        }
    }
}
