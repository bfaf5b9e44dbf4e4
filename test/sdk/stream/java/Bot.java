import com.dingtalk.open.app.api.OpenDingTalkStreamClientBuilder;
import com.dingtalk.open.app.api.callback.DingTalkStreamTopics;
import com.dingtalk.open.app.api.chatbot.BotReplier;
import com.dingtalk.open.app.api.message.GenericOpenDingTalkEvent;
import com.dingtalk.open.app.api.models.bot.ChatbotMessage;
import com.dingtalk.open.app.api.security.AuthClientCredential;
import com.dingtalk.open.app.stream.protocol.event.EventAckStatus;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import shade.com.alibaba.fastjson2.JSON;
import shade.com.alibaba.fastjson2.JSONObject;

/** A bot with the official SDK, which has the vendor's host as a constant. Prints what it gets as lines of JSON. */
class Bot {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private static void report(String type, String topic, String eventType, Object data) {
        JSONObject line = JSONObject.of("type", type, "topic", topic, "data", data);
        OUT.println(JSON.toJSONString(eventType == null ? line : line.fluentPut("eventType", eventType)));
    }

    private static JSONObject onMessage(ChatbotMessage message) {
        report("CALLBACK", DingTalkStreamTopics.BOT_MESSAGE_TOPIC, null, message);
        boolean isText = "text".equals(message.getMsgtype());
        String text = isText ? message.getText().getContent().trim() : message.getMsgtype();
        try {
            BotReplier.fromWebhook(message.getSessionWebhook()).replyText("echo: " + text);
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
        return new JSONObject();
    }

    private static Map<String, Object> onCard(JSONObject click) {
        report("CALLBACK", DingTalkStreamTopics.CARD_CALLBACK_TOPIC, null, click);
        return Map.of("cardData", Map.of("cardParamMap", Map.of("answer", "clicked")));
    }

    private static EventAckStatus onEvent(GenericOpenDingTalkEvent event) {
        report("EVENT", "*", event.getEventType(), event.getData());
        return "bob".equals(event.getData().getString("userId")) ? EventAckStatus.LATER : EventAckStatus.SUCCESS;
    }

    public static void main(String[] args) throws Exception {
        OpenDingTalkStreamClientBuilder.custom()
                .credential(new AuthClientCredential(System.getenv("CLIENT_ID"), System.getenv("CLIENT_SECRET")))
                .registerCallbackListener(DingTalkStreamTopics.BOT_MESSAGE_TOPIC, Bot::onMessage)
                .registerCallbackListener(DingTalkStreamTopics.CARD_CALLBACK_TOPIC, Bot::onCard)
                .registerAllEventListener(Bot::onEvent)
                .build()
                .start();
        Thread.currentThread().join();
    }
}
