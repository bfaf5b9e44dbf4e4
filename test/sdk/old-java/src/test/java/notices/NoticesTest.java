package notices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dingtalk.api.DefaultDingTalkClient;
import com.dingtalk.api.request.OapiGettokenRequest;
import com.dingtalk.api.request.OapiMessageCorpconversationAsyncsendV2Request;
import com.dingtalk.api.request.OapiMessageCorpconversationGetsendprogressRequest;
import com.dingtalk.api.request.OapiMessageCorpconversationGetsendresultRequest;
import com.dingtalk.api.request.OapiMessageCorpconversationRecallRequest;
import com.dingtalk.api.response.OapiMessageCorpconversationGetsendresultResponse.AsyncSendResult;
import com.taobao.api.ApiException;
import com.taobao.api.TaobaoRequest;
import com.taobao.api.TaobaoResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sends work notices of the demo app with the vendor's SDK for the old host, unchanged. */
class NoticesTest {
  private static final String HOST = "http://" + System.getenv("HUIZHI");
  private static final String PATH = "/topapi/message/corpconversation/";
  private static final Long AGENT = 3000000001L;
  private static String token;

  private static <T extends TaobaoResponse> T call(String path, TaobaoRequest<T> request) throws ApiException {
    return new DefaultDingTalkClient(HOST + PATH + path).execute(request, token);
  }

  @BeforeAll
  static void getToken() throws ApiException {
    var request = new OapiGettokenRequest();
    request.setAppkey("dingappinternal");
    request.setAppsecret("s3cret-internal");
    request.setHttpMethod("GET");
    token = new DefaultDingTalkClient(HOST + "/gettoken").execute(request).getAccessToken();
  }

  private static OapiMessageCorpconversationAsyncsendV2Request text(String content) {
    var text = new OapiMessageCorpconversationAsyncsendV2Request.Text();
    text.setContent(content);
    var msg = new OapiMessageCorpconversationAsyncsendV2Request.Msg();
    msg.setMsgtype("text");
    msg.setText(text);
    var request = new OapiMessageCorpconversationAsyncsendV2Request();
    request.setAgentId(AGENT);
    request.setToAllUser(false);
    request.setMsg(msg);
    return request;
  }

  private static AsyncSendResult resultOf(Long task) throws ApiException {
    var progress = new OapiMessageCorpconversationGetsendprogressRequest();
    progress.setAgentId(AGENT);
    progress.setTaskId(task);
    while (call("getsendprogress", progress).getProgress().getStatus() != 2L) {
      Thread.onSpinWait();
    }
    var result = new OapiMessageCorpconversationGetsendresultRequest();
    result.setAgentId(AGENT);
    result.setTaskId(task);
    return call("getsendresult", result).getSendResult();
  }

  @Test
  void sendsToUsersAndDepartmentsAndReadsTheResult() throws ApiException {
    var request = text("服务器磁盘已满");
    request.setUseridList("user001,nobody");
    request.setDeptIdList("102");
    var sent = call("asyncsend_v2", request);
    assertTrue(sent.isSuccess());
    var result = resultOf(sent.getTaskId());
    assertEquals(List.of("nobody"), result.getInvalidUserIdList());
    assertTrue(result.getUnreadUserIdList().contains("user001"));
    assertEquals(8, result.getUnreadUserIdList().size());
    assertEquals(List.of(), result.getReadUserIdList());
    assertNull(result.getForbiddenUserIdList());

    var again = resultOf(call("asyncsend_v2", request).getTaskId());
    assertEquals(8, again.getForbiddenUserIdList().size());
    assertEquals("143106", again.getForbiddenList().get(0).getCode());
    assertEquals(1L, again.getForbiddenList().get(0).getCount());

    var recall = new OapiMessageCorpconversationRecallRequest();
    recall.setAgentId(AGENT);
    recall.setMsgTaskId(sent.getTaskId());
    assertTrue(call("recall", recall).isSuccess());
  }

  @Test
  void sendsAMessageWithButtons() throws ApiException {
    var button = new OapiMessageCorpconversationAsyncsendV2Request.BtnJsonList();
    button.setTitle("查看");
    button.setActionUrl("https://example.com");
    var card = new OapiMessageCorpconversationAsyncsendV2Request.ActionCard();
    card.setTitle("审批");
    card.setMarkdown("**请假**");
    card.setBtnOrientation("1");
    card.setBtnJsonList(List.of(button));
    var request = text("");
    request.setUseridList("user002");
    var msg = new OapiMessageCorpconversationAsyncsendV2Request.Msg();
    msg.setMsgtype("action_card");
    msg.setActionCard(card);
    request.setMsg(msg);
    var sent = call("asyncsend_v2", request);
    assertTrue(sent.isSuccess());
    assertEquals(List.of("user002"), resultOf(sent.getTaskId()).getUnreadUserIdList());
  }

  @Test
  void readsTheErrorsOfASend() throws ApiException {
    var foreign = text("x");
    foreign.setUseridList("user001");
    foreign.setAgentId(1L);
    var refused = call("asyncsend_v2", foreign);
    assertFalse(refused.isSuccess());
    assertEquals(40056L, refused.getErrcode());
    assertEquals(40L, call("asyncsend_v2", text("nobody is named")).getErrcode());
  }
}
