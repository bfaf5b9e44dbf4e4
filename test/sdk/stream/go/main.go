// A bot with the official SDK. Prints what it gets as lines of JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/open-dingtalk/dingtalk-stream-sdk-go/card"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/chatbot"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/client"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/event"
)

func report(kind string, topic string, eventType string, data any) {
	line, _ := json.Marshal(map[string]any{"type": kind, "topic": topic, "eventType": eventType, "data": data})
	fmt.Println(string(line))
}

func onMessage(ctx context.Context, message *chatbot.BotCallbackDataModel) ([]byte, error) {
	report("CALLBACK", "/v1.0/im/bot/messages/get", "", message)
	text := message.Msgtype
	if text == "text" {
		text = strings.TrimSpace(message.Text.Content)
	}
	replier := chatbot.NewChatbotReplier()
	return []byte(""), replier.SimpleReplyText(ctx, message.SessionWebhook, []byte("echo: "+text))
}

func onCard(_ context.Context, request *card.CardRequest) (*card.CardResponse, error) {
	report("CALLBACK", "/v1.0/card/instances/callback", "", request)
	return &card.CardResponse{CardData: &card.CardDataDto{CardParamMap: map[string]string{"answer": "clicked"}}}, nil
}

func onEvent(_ context.Context, header *event.EventHeader, data []byte) (event.EventProcessStatusType, error) {
	report("EVENT", "*", header.EventType, json.RawMessage(data))
	var read struct{ UserId string }
	if json.Unmarshal(data, &read) == nil && read.UserId == "bob" {
		return event.EventProcessStatusKLater, nil
	}
	return event.EventProcessStatusKSuccess, nil
}

func main() {
	options := []client.ClientOption{
		client.WithAppCredential(client.NewAppCredentialConfig(os.Getenv("CLIENT_ID"), os.Getenv("CLIENT_SECRET"))),
		client.WithAutoReconnect(true),
	}
	if host := os.Getenv("HUIZHI"); host != "" {
		options = append(options, client.WithOpenApiHost(host))
	}
	bot := client.NewStreamClient(options...)
	bot.RegisterChatBotCallbackRouter(onMessage)
	bot.RegisterCardCallbackRouter(onCard)
	bot.RegisterAllEventRouter(event.NewDefaultEventFrameHandler(onEvent).OnEventReceived)
	if err := bot.Start(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	select {}
}
