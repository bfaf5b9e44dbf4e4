package groups;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dingtalk.api.DefaultDingTalkClient;
import com.dingtalk.api.request.OapiChatCreateRequest;
import com.dingtalk.api.request.OapiChatGetReadListRequest;
import com.dingtalk.api.request.OapiChatSendRequest;
import com.dingtalk.api.request.OapiGettokenRequest;
import com.taobao.api.ApiException;
import com.taobao.api.TaobaoRequest;
import com.taobao.api.TaobaoResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sends messages to a group with the vendor's SDK for the old host, unchanged. */
class ChatMessagesTest {
  private static final String HOST = "http://" + System.getenv("HUIZHI");
  private static String token;

  private static <T extends TaobaoResponse> T call(String path, TaobaoRequest<T> request) throws ApiException {
    return new DefaultDingTalkClient(HOST + path).execute(request, token);
  }

  @BeforeAll
  static void getToken() throws ApiException {
    var request = new OapiGettokenRequest();
    request.setAppkey("dingappinternal");
    request.setAppsecret("s3cret-internal");
    request.setHttpMethod("GET");
    token = new DefaultDingTalkClient(HOST + "/gettoken").execute(request).getAccessToken();
  }

  private static OapiChatSendRequest.Text text(String content) {
    var text = new OapiChatSendRequest.Text();
    text.setContent(content);
    return text;
  }

  private static void readAs(String userId, String messageId) throws Exception {
    var body = "{\"processQueryKey\":\"" + messageId + "\",\"userIds\":[\"" + userId + "\"]}";
    var reads = HttpRequest.newBuilder(URI.create(HOST + "/emulator/v1/reads"))
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
    assertEquals(200, HttpClient.newHttpClient().send(reads, HttpResponse.BodyHandlers.ofString()).statusCode());
  }

  @Test
  void sendsToAGroupAndListsTheReaders() throws Exception {
    var create = new OapiChatCreateRequest();
    create.setName("值班群");
    create.setOwner("user001");
    create.setUseridlist(List.of("user001", "user002"));
    var chatId = call("/chat/create", create).getChatid();

    var request = new OapiChatSendRequest();
    request.setChatid(chatId);
    var msg = new OapiChatSendRequest.Msg();
    msg.setMsgtype("text");
    msg.setText(text("今晚值班"));
    request.setMsg(msg);
    var sent = call("/chat/send", request);
    assertTrue(sent.isSuccess());

    readAs("user002", sent.getMessageId());
    var readers = new OapiChatGetReadListRequest();
    readers.setHttpMethod("GET");
    readers.setMessageId(sent.getMessageId());
    readers.setCursor(0L);
    readers.setSize(100L);
    var read = call("/chat/getReadList", readers);
    assertEquals(List.of("user002"), read.getReadUserIdList());
    assertNull(read.getNextCursor());

    var flat = new OapiChatSendRequest();
    flat.setChatid(chatId);
    flat.setMsgtype("text");
    flat.setText(text("明早换班"));
    assertTrue(call("/chat/send", flat).isSuccess());
  }

  @Test
  void readsTheErrorOfAnUnknownGroup() throws ApiException {
    var request = new OapiChatSendRequest();
    request.setChatid("chat00000000000000000000000000000000");
    request.setMsgtype("text");
    request.setText(text("x"));
    assertEquals(34001L, call("/chat/send", request).getErrcode());
  }
}
